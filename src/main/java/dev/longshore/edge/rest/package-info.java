/**
 * HTTP under {@code /api}: binds JSON to the verbs of {@code task} and {@code engine.control},
 * writes what they answer, and turns every failure, of whichever resource, into {@code
 * application/problem+json}. Called by nobody but the server; workloads bring resources of their
 * own, which {@link dev.longshore.edge.rest.RestApplication} finds by scanning.
 */
package dev.longshore.edge.rest;
