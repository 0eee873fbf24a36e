/**
 * The test kit, for users: runs an event worker or a task handler in plain JUnit, without servers
 * but by the platform's own code for declarations, payloads and what follows from a failure; and a
 * JUnit extension that starts the real servers. A jar of its own, never in the WAR.
 */
@Vetoed
package dev.longshore.test;

import jakarta.enterprise.inject.Vetoed;
