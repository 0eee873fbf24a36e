package dev.longshore.audit;

import dev.longshore.task.TaskMoved;
import dev.longshore.task.TaskState;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Logs what a task goes through, once it is committed, always with the same fields. */
@ApplicationScoped
public class TaskLog {

  private static final Logger LOG = Logger.getLogger(TaskLog.class.getName());

  void log(@Observes(during = TransactionPhase.AFTER_SUCCESS) TaskMoved moved) {
    Level level = level(moved);
    if (LOG.isLoggable(level)) {
      LOG.log(level, line(moved));
    }
  }

  /** What waits to run is for people who look closely; what ran is for everybody. */
  private static Level level(TaskMoved moved) {
    if (moved.from() == TaskState.ONGOING && moved.error() != null) {
      return Level.WARNING;
    }
    return moved.to() == TaskState.QUEUED ? Level.FINE : Level.INFO;
  }

  static String line(TaskMoved moved) {
    String line =
        "task=%d type=%s attempt=%d claim=%d worker=%s %s->%s %s ms=%d"
            .formatted(
                moved.task(),
                moved.type(),
                moved.attempt(),
                moved.claim(),
                moved.actor(),
                moved.from().label(),
                moved.to().label(),
                moved.outcome(),
                moved.millis());
    return moved.error() == null ? line : line + " error=" + firstLine(moved.error());
  }

  private static String firstLine(String error) {
    int end = error.indexOf('\n');
    return end < 0 ? error : error.substring(0, end);
  }
}
