/**
 * Event workers: classes with {@link dev.longshore.log.worker.EventWorker} that react to messages
 * of the log. Each is a Jakarta Batch chunk job whose checkpoint is its position in the log, run by
 * one node at a time; handlers' writes, state and position commit together. Found through CDI and
 * started with the server; {@code edge} asks {@link dev.longshore.log.worker.Control} and {@link
 * dev.longshore.log.worker.Standings} about them.
 */
package dev.longshore.log.worker;
