package dev.longshore.edge.jmx;

import dev.longshore.db.Sql;
import dev.longshore.engine.control.DrainWorker;
import dev.longshore.engine.limit.PauseType;
import dev.longshore.engine.limit.Queues;
import dev.longshore.engine.worker.Worker;
import dev.longshore.problem.NotFound;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Shutdown;
import jakarta.enterprise.event.Startup;
import jakarta.inject.Inject;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.management.JMException;
import javax.management.ObjectName;
import javax.management.StandardMBean;

/** The node's MXBean, there while the application is. */
@ApplicationScoped
public class WorkerBean {

  private static final Logger LOG = Logger.getLogger(WorkerBean.class.getName());
  private static final String ACTOR = "jmx";
  private static final Duration LONGEST = Duration.ofDays(365);

  @Inject private Worker worker;
  @Inject private DrainWorker drain;
  @Inject private Queues queues;
  @Inject private PauseType types;
  @Inject private Sql sql;

  void start(@Observes Startup event) throws JMException {
    ManagementFactory.getPlatformMBeanServer()
        .registerMBean(new StandardMBean(new View(), WorkerMXBean.class, true), name());
  }

  void stop(@Observes Shutdown event) {
    try {
      ManagementFactory.getPlatformMBeanServer().unregisterMBean(name());
    } catch (JMException e) {
      LOG.log(Level.FINE, "It was not there", e);
    }
  }

  private static ObjectName name() throws JMException {
    return new ObjectName("dev.longshore:type=Worker");
  }

  private final class View implements WorkerMXBean {

    @Override
    public String getId() {
      return worker.id();
    }

    @Override
    public boolean isActive() {
      return worker.isActive();
    }

    @Override
    public boolean isDraining() {
      return worker.isDraining();
    }

    @Override
    public long getRunning() {
      return sql.first(
              """
              select count(*) from longshore.claim c, lateral (
                  select 1 from longshore.task where claim_id = c.id offset 0) t
              where c.worker = ?
              """,
              row -> row.getLong(1),
              worker.id())
          .orElseThrow();
    }

    @Override
    public void drain() {
      drain.drain(worker.id(), null, ACTOR);
    }

    @Override
    public void drain(String timeout) {
      drain.drain(worker.id(), duration(timeout), ACTOR);
    }

    private static Duration duration(String text) {
      try {
        Duration duration = Duration.parse(text);
        if (!duration.isNegative() && duration.compareTo(LONGEST) <= 0) {
          return duration;
        }
      } catch (DateTimeParseException e) {
        // as one that is too long
      }
      throw new IllegalArgumentException(
          "timeout must be a duration in ISO 8601, at most a year, such as PT10M, not \""
              + text
              + "\": nothing was changed.");
    }

    @Override
    public void undrain() {
      drain.undrain(worker.id(), ACTOR);
    }

    @Override
    public void pauseQueue(String queue) {
      known(() -> queues.pause(queue, true));
    }

    @Override
    public void resumeQueue(String queue) {
      known(() -> queues.pause(queue, false));
    }

    @Override
    public void pauseType(String type) {
      known(() -> types.pause(type, true));
    }

    @Override
    public void resumeType(String type) {
      known(() -> types.pause(type, false));
    }

    /** A client elsewhere has no class of ours. */
    private static void known(Runnable change) {
      try {
        change.run();
      } catch (NotFound e) {
        throw new IllegalArgumentException(e.getMessage() + " Nothing was changed.");
      }
    }
  }
}
