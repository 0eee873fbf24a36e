package dev.longshore.log.worker;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.microprofile.metrics.Counter;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.MetricUnits;
import org.eclipse.microprofile.metrics.Tag;
import org.eclipse.microprofile.metrics.Timer;

/** The metrics of event workers, per worker and message name. */
@ApplicationScoped
class Meters {

  private static final String MESSAGES = "longshore_event_worker_messages_total";
  private static final String ERRORS = "longshore_event_worker_errors_total";
  private static final String HANDLER = "longshore_event_worker_handler";
  private static final String LAG_MESSAGES = "longshore_event_worker_lag_messages";
  private static final String LAG_SECONDS = "longshore_event_worker_lag_seconds";

  @Inject private MetricRegistry registry;

  private record Of(Counter messages, Counter errors, Timer handler) {}

  private record Key(String worker, String message) {}

  private final Map<Key, Of> meters = new ConcurrentHashMap<>();

  void came(String worker, Item item) {
    Of of = meters.computeIfAbsent(new Key(worker, item.label()), this::register);
    if (item.outcome() == Item.Outcome.DONE) {
      of.messages.inc();
    } else {
      of.errors.inc();
    }
    of.handler.update(Duration.ofNanos(item.nanos()));
  }

  /**
   * Gauges of how far a worker is behind in each name; only the node that runs it knows, others say
   * 0.
   */
  void gauge(Consumer consumer) {
    Tag worker = new Tag("worker", consumer.name());
    for (String name : consumer.declaration().messages()) {
      Tag message = new Tag("message", name);
      registry.gauge(
          metadata(LAG_MESSAGES, "Messages that the worker has still to read", MetricUnits.NONE),
          consumer.vitals(),
          vitals -> vitals.lag(name).messages(),
          worker,
          message);
      registry.gauge(
          metadata(
              LAG_SECONDS, "Age of the oldest message that it has to read", MetricUnits.SECONDS),
          consumer.vitals(),
          vitals -> vitals.lag(name).seconds(),
          worker,
          message);
    }
  }

  private Of register(Key key) {
    Tag worker = new Tag("worker", key.worker());
    Tag message = new Tag("message", key.message());
    return new Of(
        registry.counter(
            metadata(MESSAGES, "Messages that a handler has handled", MetricUnits.NONE),
            worker,
            message),
        registry.counter(
            metadata(ERRORS, "Calls that failed or were passed over", MetricUnits.NONE),
            worker,
            message),
        registry.timer(
            metadata(HANDLER, "Time that handlers take", MetricUnits.SECONDS), worker, message));
  }

  private static Metadata metadata(String name, String description, String unit) {
    return Metadata.builder().withName(name).withDescription(description).withUnit(unit).build();
  }
}
