/**
 * What an operator does to a task by hand: {@link dev.longshore.engine.control.Cancel} and {@link
 * dev.longshore.engine.control.Retry}. Called by {@code edge}; a cancelled run is stopped by {@code
 * engine.run}, which watches {@code task.cancel_requested}.
 */
package dev.longshore.engine.control;
