/**
 * What can be wrong with what comes from outside, said so that its sender can put it right, and the
 * strict reading of JSON that finds it out. Thrown by {@code task}, {@code engine.control} and the
 * REST resources of edge and workloads; {@code edge.rest} turns it into {@code
 * application/problem+json}. Imports nothing of ours.
 */
package dev.longshore.problem;
