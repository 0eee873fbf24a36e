/**
 * What queues, types and keys leave free. {@code claim} asks which of the tasks under a limit it
 * may take, in its own transaction and under one lock for all nodes; the answers are counted from
 * rows. {@code edge.rest} changes limits and pauses by {@link dev.longshore.engine.limit.Queues}
 * and {@link dev.longshore.engine.limit.PauseType}.
 */
package dev.longshore.engine.limit;
