/**
 * The command line: {@code ./longshore COMMAND}. Started by the launcher script; starts the servers
 * through {@link dev.longshore.local} and talks to a running node over REST like any other client,
 * with the contract of docs and OpenAPI and nothing of the server's classes.
 */
package dev.longshore.cli;
