/**
 * The servers on this machine, each a process of its own: {@link dev.longshore.local.Postgres},
 * {@link dev.longshore.local.Broker} (Artemis) and {@link dev.longshore.local.Node} (Open Liberty
 * with Longshore on it). Started by the command line and by the integration tests; hands on
 * addresses ({@link dev.longshore.local.Servers}) and process ids. Never in the WAR.
 */
package dev.longshore.local;
