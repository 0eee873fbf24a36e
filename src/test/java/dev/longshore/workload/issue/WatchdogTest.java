package dev.longshore.workload.issue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Real processes; the node's death is the end of a pipe. */
class WatchdogTest {

  private Process command;

  @AfterEach
  void stop() {
    command.descendants().forEach(ProcessHandle::destroyForcibly);
    command.destroyForcibly();
  }

  @Test
  void aCommandEndsWithItsTreeWhenItsNodeDies() throws IOException {
    Watchdog watchdog = over("sh -c 'sleep 1001 & sleep 1002' & sleep 1003 & wait");
    await().until(() -> command.descendants().count() == 4);
    List<ProcessHandle> tree = command.descendants().toList();

    watchdog.lose();

    await().until(() -> !command.isAlive());
    await().until(() -> tree.stream().noneMatch(ProcessHandle::isAlive));
  }

  @Test
  void aCommandThatIsNoLongerWatchedIsLeftAlone() throws Exception {
    Watchdog watchdog = over("sleep 1004 & wait");
    ProcessHandle dog = dog();

    watchdog.close();

    dog.onExit().get();
    assertThat(command.isAlive()).isTrue();
  }

  @Test
  void aCommandWhoseWatchdogSomebodyHasKilledEndsAllTheSame() throws Exception {
    Watchdog watchdog = over("sleep 1005 & wait");
    ProcessHandle dog = dog();
    dog.destroyForcibly();
    dog.onExit().get();

    watchdog.close();

    assertThat(command.isAlive()).isTrue();
  }

  @Test
  void aCommandRunsAlsoWhereItCannotBeWatchedOver() throws IOException {
    command = new ProcessBuilder("/bin/sh", "-c", "sleep 1006 & wait").start();

    Watchdog none = Watchdog.over(command.pid(), true, Optional.of("/no/such/setsid"));
    none.close();

    assertThat(command.isAlive()).isTrue();
  }

  /** The last one that was started. */
  private ProcessHandle dog() {
    return ProcessHandle.current()
        .children()
        .filter(p -> !p.equals(command.toHandle()))
        .max((a, b) -> Long.compare(a.pid(), b.pid()))
        .orElseThrow();
  }

  private Watchdog over(String script) throws IOException {
    command = new ProcessBuilder("/bin/sh", "-c", script).start();
    return Watchdog.over(command.pid(), false, Optional.empty());
  }
}
