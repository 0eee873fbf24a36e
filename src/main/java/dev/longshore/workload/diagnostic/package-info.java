/**
 * Task types that do nothing useful and leave marks of it: {@code noop}, {@code sleep}, {@code
 * fail}, {@code effect} and the pipeline {@code steps}. Checks from outside, the demo and the bench
 * submit them; the engine calls them like any other. They exist where {@code longshore.diagnostics}
 * is true. docs/diagnostics.md describes them.
 */
package dev.longshore.workload.diagnostic;
