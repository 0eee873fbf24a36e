package dev.longshore.edge.jmx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.engine.EngineTestSupport;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import javax.management.JMX;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** This node by JMX. */
class WorkerBeanIT extends EngineTestSupport {

  private WorkerMXBean bean;

  @Deployment
  static WebArchive archive() {
    return archive(WorkerBeanIT.class);
  }

  @BeforeEach
  void find() throws Exception {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    bean =
        JMX.newMXBeanProxy(server, new ObjectName("dev.longshore:type=Worker"), WorkerMXBean.class);
  }

  @Test
  void itSaysWhatTheNodeIsAndRuns() {
    ongoing(taken(worker.id(), worker.run()));
    ongoing(taken("another", 7));

    assertThat(bean.getId()).isEqualTo(worker.id());
    assertThat(bean.isActive()).isTrue();
    assertThat(bean.isDraining()).isFalse();
    assertThat(bean.getRunning()).isEqualTo(1);
  }

  @Test
  void itAsksTheNodeToDrainAndToWorkAgain() {
    bean.drain();
    assertThat(draining()).isEqualTo("true");

    bean.undrain();
    assertThat(draining()).isEqualTo("false");
  }

  @Test
  void itTakesATimeToDrainInAndNothingElseForOne() {
    bean.drain("PT10M");
    assertThat(text("select drain_seconds::text from longshore.worker where id = ?", worker.id()))
        .isEqualTo("600");
    bean.undrain();

    for (String none : List.of("soon", "-PT1S", "P366D")) {
      assertThatThrownBy(() -> bean.drain(none))
          .hasMessageContaining("timeout must be a duration in ISO 8601");
    }
    assertThat(draining()).isEqualTo("false");
  }

  @Test
  void itPausesQueuesAndTypesThatThereAre() {
    pending(TYPE, 4, Duration.ZERO); // in the queue "default"
    bean.pauseQueue("default");
    bean.pauseType(TYPE);
    assertThat(text("select paused::text from longshore.queue where name = 'default'"))
        .isEqualTo("true");
    assertThat(text("select paused::text from longshore.task_type where name = ?", TYPE))
        .isEqualTo("true");

    bean.resumeQueue("default");
    bean.resumeType(TYPE);
    assertThat(text("select paused::text from longshore.queue where name = 'default'"))
        .isEqualTo("false");
    assertThat(text("select paused::text from longshore.task_type where name = ?", TYPE))
        .isEqualTo("false");

    assertThatThrownBy(() -> bean.pauseQueue("defualt"))
        .hasMessageContaining("defualt")
        .hasMessageContaining("Nothing was changed.");
    assertThatThrownBy(() -> bean.pauseType("no-such-type")).hasMessageContaining("no-such-type");
  }

  private String draining() {
    return text("select draining::text from longshore.worker where id = ?", worker.id());
  }
}
