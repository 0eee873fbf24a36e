package dev.longshore.workload.issue;

import dev.longshore.db.DatabaseException;
import dev.longshore.task.TaskContext;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Writes down what a run of a command puts out, once a second and at its end, on a thread of its
 * own: who waits for PostgreSQL could not end the command meanwhile. What cannot be written now is
 * written later; a log that cannot be must not end a command that works.
 */
final class Recorder {

  private static final Logger LOG = Logger.getLogger(Recorder.class.getName());
  private static final long INTERVAL_MILLIS = 1_000;

  /** Longer than the few statements of the end take to be given up, one after the other. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final RunLog log;
  private final TaskContext task;
  private final long pid;
  private final Output output;
  private final Thread thread;
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile Integer exitCode;

  /** Of the thread alone. */
  private boolean started;

  private Recorder(RunLog log, TaskContext task, long pid, Output output, ThreadFactory threads) {
    this.log = log;
    this.task = task;
    this.pid = pid;
    this.output = output;
    this.thread = threads.newThread(this::record);
    thread.setName("record-of-" + pid);
    thread.setDaemon(true);
  }

  /** Begins to write. */
  static Recorder of(RunLog log, TaskContext task, long pid, Output output, ThreadFactory threads) {
    Recorder recorder = new Recorder(log, task, pid, output, threads);
    recorder.thread.start();
    return recorder;
  }

  /**
   * Writes what is left, and the end. Returns when that is done or was given up; an interrupt is
   * for the command and is kept for later.
   *
   * @param newExitCode {@code null} when the command outlived even KILL
   */
  void end(Integer newExitCode) {
    exitCode = newExitCode;
    ended.countDown();
    boolean interrupted = Thread.interrupted();
    try {
      thread.join(PATIENCE.toMillis());
    } catch (InterruptedException e) {
      interrupted = true; // the rest is written without us
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void record() {
    try {
      write(this::store, "The start of the command of task {0} was not noted ({1}).");
      while (!ended.await(INTERVAL_MILLIS, TimeUnit.MILLISECONDS)) {
        write(this::progress, "The output of the command of task {0} could not be stored ({1}).");
      }
      write(this::last, "The end of the command of task {0} was not noted ({1}).");
    } catch (InterruptedException e) {
      LOG.log(Level.FINE, "The server stops", e);
    }
  }

  private void progress() {
    store();
    task.progress(output.lastLine(), 0, 0);
  }

  private void last() {
    store();
    log.ended(task, exitCode, output.total());
  }

  private void store() {
    if (!started) {
      log.started(task, pid);
      started = true;
    }
    List<Output.Chunk> chunks = output.take();
    if (chunks.isEmpty()) {
      return;
    }
    try {
      log.append(task, chunks, output.head(), output.keptFrom());
    } catch (DatabaseException e) {
      output.putBack(chunks);
      throw e;
    }
  }

  private void write(Runnable what, String otherwise) {
    try {
      what.run();
    } catch (DatabaseException e) {
      LOG.log(Level.WARNING, otherwise, new Object[] {task.id() + "", e.getMessage()});
    }
  }
}
