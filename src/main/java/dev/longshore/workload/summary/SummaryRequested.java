package dev.longshore.workload.summary;

import jakarta.validation.constraints.Positive;

/** The payload of {@code post/request-summary}. */
public record SummaryRequested(@Positive long post) {}
