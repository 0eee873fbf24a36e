package dev.longshore.workload.issue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.longshore.db.DatabaseException;
import dev.longshore.task.Outcome;
import dev.longshore.task.TaskContext;
import dev.longshore.task.TaskType;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real commands, without the database that their runs are noted in. */
@Timeout(60)
class IssueHandlerTest {

  @TempDir private Path directory;

  private final IssueHandler handler = new IssueHandler();
  private final AtomicBoolean stop = new AtomicBoolean();
  private final Log log = new Log();

  /** PostgreSQL is away for the first so many writes of output, and for the last note. */
  private static final class Log extends RunLog {
    private final StringBuilder written = new StringBuilder();
    private int away;
    private Path whileAway;
    private boolean awayAtTheEnd;
    private Runnable atTheEnd = () -> {};

    @Override
    void started(TaskContext task, long pid) {}

    @Override
    void append(TaskContext task, List<Output.Chunk> chunks, long head, long keptFrom) {
      if (away-- > 0) {
        touch(whileAway);
        throw new DatabaseException(new SQLException("away"));
      }
      chunks.forEach(chunk -> written.append(new String(chunk.bytes(), UTF_8)));
    }

    private static void touch(Path file) {
      try {
        Files.createFile(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    void ended(TaskContext task, Integer exitCode, long output) {
      atTheEnd.run();
      if (awayAtTheEnd) {
        throw new DatabaseException(new SQLException("away"));
      }
    }
  }

  @BeforeEach
  void begin() {
    IssueSettings settings = new IssueSettings();
    settings.command = "sh -c {description}";
    settings.directory = Optional.of(directory.toString());
    settings.environment = List.of("PATH");
    settings.grace = Duration.ofSeconds(30);
    settings.logLimit = 100_000;
    handler.settings = settings;
    handler.log = log;
    handler.threads =
        (ManagedThreadFactory)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ManagedThreadFactory.class},
                (self, method, arguments) -> new Thread((Runnable) arguments[0]));
  }

  @Test
  void aCommandGoesOnWhilePostgresqlIsAwayAndItsOutputIsWrittenLater() throws Exception {
    log.away = 1;
    log.whileAway = directory.resolve("failed");
    Outcome outcome = run("echo one; until [ -e failed ]; do sleep 0.05; done; echo two");

    assertThat(outcome).isInstanceOf(Outcome.Succeeded.class);
    assertThat(log.written).hasToString("one\ntwo\n");
    assertThat(log.away).isNegative();
  }

  @Test
  void anEndThatCouldNotBeNotedIsAnEnd() throws Exception {
    log.awayAtTheEnd = true;

    assertThat(run("true")).isInstanceOf(Outcome.Succeeded.class);
  }

  @Test
  void aStopEndsTheCommandAlsoBeforeItsInterruptComes() {
    stop.set(true);
    Path file = directory.resolve("ended");

    assertThatThrownBy(
            () -> run("trap 'echo yes > " + file + "; exit 1' TERM; while :; do sleep 0.05; done"))
        .isInstanceOf(InterruptedException.class);

    assertThat(file).hasContent("yes\n");
  }

  /** The interrupt is for the command; the note is written all the same. */
  @Test
  void anInterruptDoesNotKeepTheEndFromBeingNotedAndIsKept() {
    AtomicBoolean interruptedAtTheEnd = new AtomicBoolean(true);
    log.atTheEnd = () -> interruptedAtTheEnd.set(Thread.currentThread().isInterrupted());
    Path file = directory.resolve("begun");
    Thread runs = Thread.currentThread();
    Thread interrupts =
        new Thread(
            () -> {
              await().until(() -> Files.exists(file));
              runs.interrupt();
              // once more, while the command takes its time
              await().until(() -> Files.exists(directory.resolve("ending")));
              runs.interrupt();
            });
    interrupts.start();

    assertThatThrownBy(
            () ->
                run(
                    "trap 'touch ending; sleep 0.5; exit 1' TERM; touch begun;"
                        + " while :; do sleep 0.05; done"))
        .isInstanceOf(InterruptedException.class);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(interruptedAtTheEnd).isFalse();
  }

  @Test
  void whatCannotBeStartedIsTriedAgainUnlessItNeverCan() throws Exception {
    assertThat(run("x".repeat(3_000_000)))
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            failed -> assertThat(failed.error()).contains("longer than an argument"));

    handler.settings.command = "no-such-program";
    assertThat(run(""))
        .isInstanceOfSatisfying(
            Outcome.Retry.class,
            retry -> assertThat(retry.error()).startsWith("There is no program"));
  }

  private Outcome run(String script) throws InterruptedException {
    JsonObject payload =
        Json.createObjectBuilder().add("issue", 7).add("description", script).build();
    return handler.run(
        new TaskContext() {
          @Override
          public long id() {
            return 1;
          }

          @Override
          public TaskType type() {
            return TaskType.handler("issue");
          }

          @Override
          public JsonObject payload() {
            return payload;
          }

          @Override
          public int attempt() {
            return 1;
          }

          @Override
          public long claim() {
            return 2;
          }

          @Override
          public String worker() {
            return "test";
          }

          @Override
          public boolean stopRequested() {
            return stop.get();
          }

          @Override
          public void progress(String step, long done, long total) {}
        });
  }
}
