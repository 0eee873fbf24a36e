package dev.longshore.edge.jmx;

import dev.longshore.log.worker.Control;
import dev.longshore.log.worker.Standing;
import dev.longshore.log.worker.Standings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Shutdown;
import jakarta.enterprise.event.Startup;
import jakarta.inject.Inject;
import java.lang.management.ManagementFactory;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.management.JMException;
import javax.management.ObjectName;
import javax.management.StandardMBean;

/** An MXBean for each event worker that this node has the class of. */
@ApplicationScoped
public class EventWorkerBeans {

  private static final Logger LOG = Logger.getLogger(EventWorkerBeans.class.getName());
  private static final String ACTOR = "jmx";

  @Inject private Standings standings;
  @Inject private Control control;

  void start(@Observes Startup event) throws JMException {
    for (String worker : standings.declaredHere()) {
      ManagementFactory.getPlatformMBeanServer()
          .registerMBean(
              new StandardMBean(new View(worker), EventWorkerMXBean.class, true), name(worker));
    }
  }

  void stop(@Observes Shutdown event) {
    for (String worker : standings.declaredHere()) {
      try {
        ManagementFactory.getPlatformMBeanServer().unregisterMBean(name(worker));
      } catch (JMException e) {
        LOG.log(Level.FINE, "It was not there", e);
      }
    }
  }

  private static ObjectName name(String worker) throws JMException {
    return new ObjectName("dev.longshore:type=EventWorker,name=" + worker);
  }

  private final class View implements EventWorkerMXBean {

    private final String worker;

    View(String worker) {
      this.worker = worker;
    }

    private Standing now() {
      return standings.get(worker);
    }

    @Override
    public String getStatus() {
      return now().status();
    }

    @Override
    public String getHealth() {
      return now().health().status().label();
    }

    @Override
    public String[] getReasons() {
      return now().health().reasons().toArray(String[]::new);
    }

    @Override
    public String getNode() {
      return now().node();
    }

    @Override
    public long getPosition() {
      return now().position();
    }

    @Override
    public long getHandled() {
      return now().handled();
    }

    @Override
    public long getLagMessages() {
      return now().lagMessages();
    }

    @Override
    public double getLagSeconds() {
      return now().lagSeconds();
    }

    @Override
    public double getMessagesPerSecond() {
      return now().messagesPerSecond();
    }

    @Override
    public long getErrorsPerMinute() {
      return now().errorsPerMinute();
    }

    @Override
    public double getHandlerMillis() {
      return now().handlerMillis();
    }

    @Override
    public long getDeadLetters() {
      return now().deadLetters();
    }

    @Override
    public void pause() {
      control.pause(worker, ACTOR);
    }

    @Override
    public void resume() {
      control.resume(worker, ACTOR);
    }

    @Override
    public void stop() {
      control.stop(worker, ACTOR);
    }

    @Override
    public void start() {
      control.start(worker, ACTOR);
    }
  }
}
