package dev.longshore.engine.after;

import dev.longshore.task.TaskState;

/**
 * A row of {@code prerequisite_news}.
 *
 * @param task a task that others come after
 * @param state in which it ended; {@code null} where it has only become a prerequisite
 */
record News(long row, long task, TaskState state) {}
