/**
 * Who did what: every move of a task goes to the log, and those that matter later to {@code
 * longshore.audit} in the move's own transaction. Observes {@link dev.longshore.task.TaskMoved};
 * nobody calls it.
 */
package dev.longshore.audit;
