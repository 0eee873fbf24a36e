package dev.longshore.audit;

import com.ibm.websphere.logging.hpel.LogRecordContext;
import dev.longshore.task.Lane;
import dev.longshore.task.TaskMoved;
import dev.longshore.task.TaskState;
import dev.longshore.task.TaskTypes;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Logs what a task goes through, once it is committed, always with the same fields: as words in the
 * line, and in the JSON format as fields of their own too ({@code ext_task} and so on).
 */
@ApplicationScoped
public class TaskLog {

  private static final Logger LOG = Logger.getLogger(TaskLog.class.getName());

  @Inject private TaskTypes types;

  @Resource(lookup = "java:comp/TransactionSynchronizationRegistry")
  private TransactionSynchronizationRegistry transactions;

  @Inject
  @ConfigProperty(name = "longshore.log.format", defaultValue = "simple")
  private String format;

  /**
   * Looks before the commit whether there will be anything to log: an observer of {@code
   * AFTER_SUCCESS} is called for each of a chunk's hundreds of quiet moves, which was a tenth of a
   * node's work.
   */
  void note(@Observes TaskMoved moved) {
    Level level = level(moved);
    if (!LOG.isLoggable(level)) {
      return;
    }
    if (transactions.getTransactionStatus() == Status.STATUS_NO_TRANSACTION) {
      log(moved, level);
    } else {
      transactions.registerInterposedSynchronization(new WhenCommitted(moved, level));
    }
  }

  /** Logs a move that has happened. */
  private final class WhenCommitted implements Synchronization {
    private final TaskMoved moved;
    private final Level level;

    WhenCommitted(TaskMoved moved, Level level) {
      this.moved = moved;
      this.level = level;
    }

    @Override
    public void beforeCompletion() {
      // It may still be rolled back.
    }

    @Override
    public void afterCompletion(int status) {
      if (status == Status.STATUS_COMMITTED) {
        log(moved, level);
      }
    }
  }

  private void log(TaskMoved moved, Level level) {
    Map<String, String> fields = fields(moved);
    String line = line(moved, fields);
    if (format.equals("json")) {
      logWith(fields, level, line);
    } else {
      LOG.log(level, line);
    }
  }

  /**
   * Only where it is read: the fields are thread-locals of Liberty's, made and taken away again.
   */
  private static void logWith(Map<String, String> fields, Level level, String line) {
    fields.forEach(LogRecordContext::addExtension);
    try {
      LOG.log(level, line);
    } finally {
      fields.keySet().forEach(LogRecordContext::removeExtension);
    }
  }

  /**
   * What failed is for everybody, and so is what the long lane ran. Of the quick lane's thousands
   * that went well, a line per claim says enough; the rest is for people who look closely.
   */
  private Level level(TaskMoved moved) {
    if (moved.from() == TaskState.ONGOING && moved.error() != null) {
      return Level.WARNING;
    }
    boolean quick = types.find(moved.type()).filter(t -> t.lane() == Lane.QUICK).isPresent();
    return quick || moved.to() == TaskState.QUEUED ? Level.FINE : Level.INFO;
  }

  static Map<String, String> fields(TaskMoved moved) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("task", Long.toString(moved.task()));
    fields.put("type", moved.type());
    fields.put("attempt", Integer.toString(moved.attempt()));
    fields.put("claim", Long.toString(moved.claim()));
    fields.put("worker", moved.actor());
    fields.put("ms", Long.toString(moved.millis()));
    if (moved.error() != null) {
      fields.put("error", firstLine(moved.error()));
    }
    return fields;
  }

  static String line(TaskMoved moved, Map<String, String> fields) {
    StringBuilder line =
        new StringBuilder(
            "%s -> %s, %s:".formatted(moved.from().label(), moved.to().label(), moved.outcome()));
    fields.forEach((name, value) -> line.append(' ').append(name).append('=').append(value));
    return line.toString();
  }

  private static String firstLine(String error) {
    int end = error.indexOf('\n');
    return end < 0 ? error : error.substring(0, end);
  }
}
