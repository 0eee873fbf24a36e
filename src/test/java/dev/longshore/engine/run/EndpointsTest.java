package dev.longshore.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On a Liberty that does not do what it is asked; on a real one: {@code DrainIT}. */
class EndpointsTest {

  private static final String CONTROL = "WebSphere:feature=kernel,name=ServerEndpointControl";

  private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
  private final Logger log = Logger.getLogger(Endpoints.class.getName());
  private final List<String> warnings = new ArrayList<>();
  private final Endpoints endpoints = new Endpoints();
  private Runnable look;

  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord said) {
          if (said.getLevel() == Level.WARNING) {
            warnings.add(said.getMessage());
          }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  /** Liberty's control of endpoints, as far as it is asked for. */
  public interface ControlMBean {
    List<String> listEndpoints();

    void pause(String endpoint);

    void resume(String endpoint);
  }

  /** Knows the lanes' endpoints once it has been asked often enough. */
  public static final class Control implements ControlMBean {
    private final List<String> asked = new ArrayList<>();
    private boolean knowing;

    @Override
    public List<String> listEndpoints() {
      return knowing ? List.of("longshore#war#LongLane", "longshore#war#QuickLane") : null;
    }

    @Override
    public void pause(String endpoint) {
      asked.add("pause " + endpoint);
    }

    @Override
    public void resume(String endpoint) {
      asked.add("resume " + endpoint);
    }
  }

  @BeforeEach
  void begin() {
    log.addHandler(handler);
    endpoints.running = new Running();
    endpoints.worker = Attempts.worker(true, false);
    endpoints.scheduler =
        (ManagedScheduledExecutorService)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ManagedScheduledExecutorService.class},
                (self, method, arguments) -> {
                  look = (Runnable) arguments[0];
                  return null;
                });
    endpoints.start(null);
  }

  @AfterEach
  void end() throws Exception {
    log.removeHandler(handler);
    if (server.isRegistered(new ObjectName(CONTROL))) {
      server.unregisterMBean(new ObjectName(CONTROL));
    }
  }

  @Test
  void aServerWithoutItsControlIsToldOfOnceForEachLane() {
    look.run();
    look.run();

    assertThat(warnings).hasSize(2).first().asString().contains("could not be paused");
  }

  @Test
  void whatCouldNotBePausedIsAsSoonAsItCan() throws Exception {
    Control control = new Control();
    server.registerMBean(control, new ObjectName(CONTROL));
    look.run();
    assertThat(control.asked).isEmpty();
    assertThat(warnings).hasSize(2);

    control.knowing = true;
    look.run();
    look.run();
    assertThat(control.asked)
        .containsExactlyInAnyOrder("pause longshore#war#LongLane", "pause longshore#war#QuickLane");

    control.asked.clear();
    endpoints.worker = Attempts.worker(true, true);
    look.run();
    look.run();
    assertThat(control.asked)
        .containsExactlyInAnyOrder(
            "resume longshore#war#LongLane", "resume longshore#war#QuickLane");
  }
}
