/**
 * What an operator does to tasks by hand: {@link dev.longshore.engine.control.Cancel} and {@link
 * dev.longshore.engine.control.Retry} to one, {@link dev.longshore.engine.control.CancelAll} and
 * {@link dev.longshore.engine.control.RetryAll} to all that match a filter. Called by {@code edge};
 * a cancelled run is stopped by {@code engine.run}, which watches {@code task.cancel_requested}.
 */
package dev.longshore.engine.control;
