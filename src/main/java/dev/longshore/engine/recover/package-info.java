/**
 * What a crash left: messages that never arrived, nodes that are gone, foreign leases that ran out.
 * Its timer runs on every node; one at a time works, and hands lost attempts to {@code settle}.
 */
package dev.longshore.engine.recover;
