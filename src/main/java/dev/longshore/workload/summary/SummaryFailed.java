package dev.longshore.workload.summary;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Positive;

/** The payload of {@code post/fail-summary}. */
public record SummaryFailed(@Positive long post, @NotBlank String error) {}
