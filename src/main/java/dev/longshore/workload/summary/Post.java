package dev.longshore.workload.summary;

import java.time.OffsetDateTime;

/**
 * A post.
 *
 * @param status pending, summarized or failed
 * @param summary {@code null} until there is one
 * @param error why there will be none
 */
record Post(
    long id,
    String title,
    String text,
    String status,
    String summary,
    String error,
    OffsetDateTime createdAt,
    OffsetDateTime summarizedAt) {}
