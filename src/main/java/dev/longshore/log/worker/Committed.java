package dev.longshore.log.worker;

import com.ibm.websphere.logging.hpel.LogRecordContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/** After a chunk's commit: tells metrics, health and the log what its items came to. */
@ApplicationScoped
class Committed {

  private static final Logger LOG = Logger.getLogger(EventWorker.class.getName());

  @Inject private Meters meters;
  @Inject private Room room;

  void committed(Burst burst) {
    for (Item item : burst.committed()) {
      Consumer consumer = burst.consumer();
      consumer.vitals().came(item);
      meters.came(burst.worker(), item);
      if (item.outcome() == Item.Outcome.DONE) {
        consumer.noOutage();
      }
      log(burst, item);
    }
    room.leave(burst); // others may have waited for it
  }

  /** Always the same fields: as words in the line, and in the JSON format as fields too. */
  private static void log(Burst burst, Item item) {
    Level level = item.outcome() == Item.Outcome.DONE ? Level.FINE : Level.WARNING;
    if (!LOG.isLoggable(level)) {
      return;
    }
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("worker", burst.worker());
    fields.put("message", item.messageId() + "");
    fields.put("name", item.label());
    fields.put("attempt", item.attempt + "");
    fields.put("ms", item.millis() + "");
    if (item.error() != null) {
      fields.put("error", item.error().lines().findFirst().orElse(""));
    }
    fields.forEach(LogRecordContext::addExtension);
    try {
      StringBuilder line = new StringBuilder(said(item));
      fields.forEach((name, value) -> line.append(' ').append(name).append('=').append(value));
      LOG.log(level, line.toString());
    } finally {
      fields.keySet().forEach(LogRecordContext::removeExtension);
    }
  }

  private static String said(Item item) {
    return switch (item.outcome()) {
      case DONE -> "handled:";
      case FAILED -> item.kind == Item.Kind.MESSAGE ? "failed, is tried again:" : "failed:";
      case WAITING -> "waits for a service that is down:";
      case SKIPPED -> "passed over, a service is down:";
      case SET_ASIDE -> "set aside:";
      case HALTED -> "failed, and the worker halts:";
    };
  }
}
