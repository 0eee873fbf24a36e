/**
 * MicroProfile Health: what {@code /health/started}, {@code /health/ready} and {@code /health/live}
 * answer. Called by the server; needs no credentials.
 */
package dev.longshore.edge.health;
