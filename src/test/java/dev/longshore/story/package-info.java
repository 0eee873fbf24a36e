/**
 * Behaviours of the whole, shown on running servers, and what every such test needs: {@link
 * dev.longshore.story.TestServers} starts PostgreSQL and Artemis once for a test run, {@link
 * dev.longshore.story.Archives} packs tests with the WAR.
 */
package dev.longshore.story;
