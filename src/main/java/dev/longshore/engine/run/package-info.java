/**
 * queued → ongoing. The lanes' message-driven beans take a claim off its message by
 * compare-and-set, run its batch job on their own thread to the end, and hand the outcome to {@code
 * settle}. {@link dev.longshore.engine.run.Watch} stops what is out of time, cancelled or no longer
 * ours.
 */
package dev.longshore.engine.run;
