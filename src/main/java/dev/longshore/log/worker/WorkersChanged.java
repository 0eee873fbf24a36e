package dev.longshore.log.worker;

/** An operator has changed what a worker is to do. */
record WorkersChanged(String worker) {}
