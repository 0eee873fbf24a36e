/**
 * pending → queued. A timer, woken early when work arrives or a slot falls free, claims due tasks
 * in one transaction, as far as {@code limit} lets them in, and hands the claims to {@code
 * dispatch} after its commit. {@link dev.longshore.engine.claim.WakeUps} hears of work that arrives
 * by SQL or on another node.
 */
package dev.longshore.engine.claim;
