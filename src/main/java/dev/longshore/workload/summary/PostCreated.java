package dev.longshore.workload.summary;

import jakarta.validation.constraints.Positive;

/** The payload of {@code post/create}. The text stands in the table: a log keeps what happened. */
public record PostCreated(@Positive long post, String title) {}
