package dev.longshore.engine.batch;

/** A job execution that is on record as started. */
public record JobIds(long execution, long instance) {}
