/**
 * Claims onto Artemis: one message a claim, on the queue of its lane. Called by {@code claim} after
 * its commit; the lanes' message-driven beans in {@code run} receive them. What becomes of a claim
 * that waits stands here too: it is withdrawn, or its tasks begin.
 */
package dev.longshore.engine.dispatch;
