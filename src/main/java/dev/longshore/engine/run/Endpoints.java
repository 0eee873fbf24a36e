package dev.longshore.engine.run;

import dev.longshore.engine.worker.Worker;
import dev.longshore.task.Lane;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Shutdown;
import jakarta.enterprise.event.Startup;
import jakarta.inject.Inject;
import java.lang.management.ManagementFactory;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * Pauses the lanes' message-driven beans while this node takes no work: otherwise it would receive
 * messages only to hand them back, while other nodes have room for them. By Liberty's control of
 * endpoints, on which the resource adapter takes its consumers off the queue.
 */
@ApplicationScoped
class Endpoints {

  private static final Logger LOG = Logger.getLogger(Endpoints.class.getName());
  private static final long INTERVAL_MILLIS = 500;
  private static final String CONTROL = "WebSphere:feature=kernel,name=ServerEndpointControl";
  private static final Map<Lane, String> BEANS =
      Map.of(Lane.LONG, "LongLane", Lane.QUICK, "QuickLane");

  @Inject Worker worker;
  @Inject Running running;

  @Resource(lookup = "concurrent/watch")
  ManagedScheduledExecutorService scheduler;

  private final Set<Lane> paused = EnumSet.noneOf(Lane.class);

  /** Those that are to be resumed one day: also a pause that has failed may have had its effect. */
  private final Set<Lane> asked = EnumSet.noneOf(Lane.class);

  private ScheduledFuture<?> looking;
  private final Set<Lane> failed = EnumSet.noneOf(Lane.class);

  void start(@Observes Startup event) {
    looking =
        scheduler.scheduleWithFixedDelay(
            this::look, INTERVAL_MILLIS, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
  }

  void stop(@Observes Shutdown event) {
    looking.cancel(false);
  }

  /** Catches everything: an exception would be the last look. */
  private void look() {
    for (Lane lane : Lane.values()) {
      try {
        if (worker.isActive() && asked.contains(lane)) {
          ask("resume", lane);
          asked.remove(lane);
          paused.remove(lane);
        } else if (mayPause(lane) && !paused.contains(lane)) {
          asked.add(lane);
          ask("pause", lane);
          paused.add(lane);
        }
        failed.remove(lane);
      } catch (JMException | RuntimeException e) {
        if (failed.add(lane)) {
          LOG.log(
              Level.WARNING,
              "The {0} lane''s endpoint could not be paused or resumed ({1}): until it can, messages"
                  + " that this node does not take go back to the broker.",
              new Object[] {lane.label(), e.toString()});
        }
      }
    }
  }

  /** The resource adapter interrupts what still runs there; what was lost may well be. */
  private boolean mayPause(Lane lane) {
    return !worker.isActive() && (running.isNone(lane) || !worker.isAlive());
  }

  private void ask(String operation, Lane lane) throws JMException {
    Optional<String> endpoint = endpoint(lane);
    if (endpoint.isEmpty()) {
      throw new IllegalStateException("Liberty knows no endpoint " + BEANS.get(lane));
    }
    ManagementFactory.getPlatformMBeanServer()
        .invoke(
            new ObjectName(CONTROL),
            operation,
            new Object[] {endpoint.get()},
            new String[] {String.class.getName()});
    LOG.log(
        Level.INFO,
        "Worker {0}: {1} of endpoint {2}",
        new Object[] {worker.id(), operation, endpoint.get()});
  }

  /** Its name is {@code application#module#bean}. */
  private static Optional<String> endpoint(Lane lane) throws JMException {
    Object all =
        ManagementFactory.getPlatformMBeanServer()
            .invoke(new ObjectName(CONTROL), "listEndpoints", new Object[0], new String[0]);
    return all == null
        ? Optional.empty()
        : ((List<?>) all)
            .stream()
                .map(Object::toString)
                .filter(e -> e.endsWith("#" + BEANS.get(lane)))
                .findFirst();
  }
}
