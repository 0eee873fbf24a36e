package dev.longshore.task;

import java.util.List;

/**
 * Some tasks of many.
 *
 * @param next what to ask the next page to come after; {@code null} on the last page
 */
public record TaskPage(List<Task> items, Long next) {}
