/**
 * The only door out of running: an outcome becomes succeeded, failed, cancelled or pending again,
 * by compare-and-set on the claim. Called by {@code run} with what an attempt came to, and by
 * {@code recover} for attempts whose node is gone.
 */
package dev.longshore.engine.settle;
