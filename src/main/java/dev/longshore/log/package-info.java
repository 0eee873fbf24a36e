/**
 * The append-only message log: appending in the caller's transaction, pages of it, and retention by
 * age. Event workers ({@code log.worker}), REST and workloads append and read; the rows are all
 * that it hands on.
 */
package dev.longshore.log;
