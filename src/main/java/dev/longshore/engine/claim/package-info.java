/**
 * pending → queued. A timer, woken early when work arrives or a slot falls free, claims due tasks
 * in one transaction and hands the claims to {@code dispatch} after its commit.
 */
package dev.longshore.engine.claim;
