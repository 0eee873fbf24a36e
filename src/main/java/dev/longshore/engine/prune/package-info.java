/**
 * Keeps tables short. A timer on every node starts the batch job {@code prune.xml} on one of them,
 * which deletes finished tasks and other history by age and count, in slices; another one folds the
 * counts by state. Called by nobody.
 */
package dev.longshore.engine.prune;
