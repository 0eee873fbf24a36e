/**
 * Runs the Jakarta Batch TCK, from Maven Central, inside Liberty on our runtime: profile {@code
 * batch-tck}. What it says stands in docs/batch-tck.md.
 */
package dev.longshore.tck;
