/**
 * Writes new event workers, task types and projects from the templates in {@code
 * resources/scaffold}. The command line calls it; nothing of it is in the WAR.
 */
package dev.longshore.scaffold;
