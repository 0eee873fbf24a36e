/**
 * Longshore beside others of its field on one PostgreSQL server, one after the other: {@code mvn
 * -Pbeside test-compile exec:exec} (docs/performance.md). Compiled and run in that profile only,
 * which brings the others' libraries.
 */
package dev.longshore.bench;
