/**
 * Claims onto Artemis: one message a claim, on the queue of its lane. Called by {@code claim} after
 * its commit; the lanes' message-driven beans in {@code run} receive them.
 */
package dev.longshore.engine.dispatch;
