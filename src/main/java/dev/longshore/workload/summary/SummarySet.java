package dev.longshore.workload.summary;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Positive;

/** The payload of {@code post/set-summary}. */
public record SummarySet(@Positive long post, @NotBlank String summary) {}
