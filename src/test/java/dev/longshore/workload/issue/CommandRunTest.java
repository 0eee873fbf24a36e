package dev.longshore.workload.issue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real child processes. */
class CommandRunTest {

  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir private Path directory;

  private final Output output = new Output(100_000);

  @Test
  void runsAProgramWithItsArgumentsAsTheyAre() throws Exception {
    try (CommandRun run = start(LONG, "printf", "[%s]", "a b", "$HOME; echo x", "")) {
      assertThat(run.ended(LONG)).isTrue();
      assertThat(run.exitCode()).hasValue(0);
    }
    assertThat(text()).isEqualTo("[a b][$HOME; echo x][]");
  }

  @Test
  void runsInItsDirectoryWithTheAllowedEnvironmentAndNothingToRead() throws Exception {
    try (CommandRun run =
        shell(LONG, "pwd; env | grep -v -e ^PWD -e ^_ -e ^SHLVL; cat; echo 2>&1 end")) {
      assertThat(run.ended(LONG)).isTrue();
    }
    assertThat(text().lines())
        .containsExactly(directory.toRealPath().toString(), "PATH=" + System.getenv("PATH"), "end");
  }

  @Test
  void keepsTheExitCodeAndBothOutputsInOrder() throws Exception {
    try (CommandRun run = shell(LONG, "echo one; echo two >&2; echo three; exit 7")) {
      assertThat(run.ended(LONG)).isTrue();
      assertThat(run.exitCode()).hasValue(7);
    }
    assertThat(text()).isEqualTo("one\ntwo\nthree\n");
  }

  @Test
  void asksTheWholeTreeToEndAndWaitsForIt() throws Exception {
    // The grandchild takes its time over its end, and is given it.
    CommandRun run =
        shell(
            LONG,
            """
            (trap 'sleep 0.3 && echo child ended > ended; exit 0' TERM
              echo $$ > ready; while :; do sleep 0.05; done) &
            wait
            """);
    awaitFile("ready");

    run.close();

    assertThat(directory.resolve("ended")).hasContent("child ended\n");
    assertThat(run.exitCode()).hasValue(128 + 15);
  }

  @Test
  void killsWhatDoesNotEndWithinTheGrace() throws Exception {
    CommandRun run =
        shell(
            Duration.ofMillis(200),
            """
            trap 'echo parent no' TERM
            (trap 'echo child no' TERM; sh -c 'echo $PPID' > child; while :; do sleep 0.05; done) &
            while :; do sleep 0.05; done
            """);
    long child = awaitPid("child");

    run.close();

    assertThat(run.exitCode()).hasValue(128 + 9);
    assertThat(text()).contains("parent no", "child no");
    assertThat(running(child)).isFalse();
  }

  @Test
  void findsAChildWhoseParentHasEnded() throws Exception {
    // sh ends at once and leaves a process that belongs to nobody.
    CommandRun run = shell(LONG, "sh -c 'sleep 300 & echo $! > orphan'; echo here; sleep 300");
    long orphan = awaitPid("orphan");
    await().until(() -> output.total() > 0);

    run.close();

    assertThat(running(orphan)).isFalse();
  }

  @Test
  void endsWhatACommandLeftBehind() throws Exception {
    CommandRun run = shell(LONG, "sleep 300 & echo $! > left");
    assertThat(run.ended(LONG)).isTrue();
    long left = awaitPid("left");
    assertThat(running(left)).isTrue();

    run.close();

    assertThat(run.exitCode()).hasValue(0);
    assertThat(running(left)).isFalse();
  }

  @Test
  void asksForTheEndOnceAndLeavesTheTidyingUpAlone() throws Exception {
    CommandRun run =
        shell(
            LONG,
            """
            n=0
            trap 'n=$((n+1)); echo TERM $n' TERM
            echo ready > ready
            while [ $n -eq 0 ]; do sleep 0.05; done
            sleep 0.3 && echo tidied up
            """);
    awaitFile("ready");

    run.close();

    assertThat(text().strip()).endsWith("TERM 1\ntidied up").doesNotContain("TERM 2");
  }

  @Test
  void anInterruptDoesNotCutTheGraceShort() throws Exception {
    CommandRun run =
        shell(
            LONG,
            """
            trap 'sleep 0.3 && echo ended > ended; exit 0' TERM
            echo ready > ready; while :; do sleep 0.05; done
            """);
    awaitFile("ready");

    Thread.currentThread().interrupt();
    run.close();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(directory.resolve("ended")).exists();
  }

  @Test
  void saysWhenThereIsNoSuchProgram() {
    assertThatThrownBy(() -> start(LONG, "no-such-program", "x"))
        .isInstanceOfSatisfying(
            CommandRun.CannotStart.class, e -> assertThat(e.forGood()).isFalse())
        .hasMessageStartingWith("There is no program 'no-such-program' on the command's PATH (")
        .hasMessageEndingWith(": nothing was run. Install it, or set longshore.issue.command.");
    assertThatThrownBy(() -> start(LONG, "./tool"))
        .hasMessageStartingWith("There is no program './tool' in " + directory);
  }

  @Test
  void saysWhenThereIsNoPathToLookOn() {
    assertThatThrownBy(
            () -> CommandRun.start(List.of("true"), directory, Map.of(), output, LONG, Thread::new))
        .isInstanceOf(CommandRun.CannotStart.class)
        .hasMessageStartingWith("There is no program 'true' on the command's PATH (null)");
  }

  @Test
  void saysWhenTheSystemDoesNotStartIt() {
    assertThatThrownBy(() -> start(LONG, "true", "a\0b"))
        .isInstanceOfSatisfying(
            CommandRun.CannotStart.class, e -> assertThat(e.forGood()).isFalse())
        .hasMessageStartingWith("The command could not be started (")
        .hasMessageEndingWith("): nothing was run. Look at longshore.issue.command.");
  }

  @Test
  void keepsWhatWasReadWhenThePipeBreaks() {
    CommandRun.pump(
        new SequenceInputStream(
            new ByteArrayInputStream("before".getBytes(UTF_8)),
            new InputStream() {
              @Override
              public int read() throws IOException {
                throw new IOException("broken");
              }
            }),
        output);

    assertThat(text()).isEqualTo("before");
  }

  /** As that of what has got away from its tree, and holds the pipe open. */
  @Test
  void anInterruptWhileTheLastOutputIsWaitedForIsKept() throws Exception {
    CountDownLatch lastOutput = new CountDownLatch(1);
    CommandRun run =
        CommandRun.start(
            List.of("true"),
            directory,
            Map.of("PATH", System.getenv("PATH")),
            output,
            LONG,
            work ->
                new Thread(
                    () -> {
                      work.run();
                      await().forever().until(() -> lastOutput.getCount() == 0);
                    }));
    assertThat(run.ended(LONG)).isTrue();
    AtomicBoolean kept = new AtomicBoolean();
    Thread closes =
        new Thread(
            () -> {
              run.close();
              kept.set(Thread.currentThread().isInterrupted());
            });
    closes.start();
    await()
        .pollInterval(Duration.ofMillis(10))
        .until(
            () ->
                Arrays.stream(closes.getStackTrace())
                    .anyMatch(frame -> frame.getMethodName().equals("join")));

    closes.interrupt();
    closes.join();

    assertThat(kept).isTrue();
    lastOutput.countDown();
  }

  @Test
  void saysWhenThereIsNoSuchDirectory() {
    Path gone = directory.resolve("gone");
    assertThatThrownBy(
            () -> CommandRun.start(List.of("true"), gone, Map.of(), output, LONG, Thread::new))
        .isInstanceOf(CommandRun.CannotStart.class)
        .hasMessage(
            "The directory "
                + gone
                + " does not exist: nothing was run. Make it, or set longshore.issue.directory.");
  }

  @Test
  void givesUpADescriptionThatNoCommandCanTake() {
    assertThatThrownBy(() -> start(LONG, "true", "x".repeat(3_000_000)))
        .isInstanceOfSatisfying(CommandRun.CannotStart.class, e -> assertThat(e.forGood()).isTrue())
        .hasMessageContaining("longer than an argument");
  }

  private CommandRun shell(Duration grace, String script) throws Exception {
    return start(grace, "sh", "-c", script);
  }

  private CommandRun start(Duration grace, String... words) throws Exception {
    return CommandRun.start(
        List.of(words),
        directory,
        Map.of("PATH", System.getenv("PATH")),
        output,
        grace,
        Thread::new);
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    output.take().forEach(chunk -> text.append(new String(chunk.bytes(), UTF_8)));
    return text.toString();
  }

  private void awaitFile(String name) {
    await().until(() -> Files.exists(directory.resolve(name)));
  }

  private long awaitPid(String name) {
    Path file = directory.resolve(name);
    await().until(() -> Files.exists(file) && Files.readString(file).endsWith("\n"));
    try {
      return Long.parseLong(Files.readString(file).strip());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean running(long pid) throws IOException {
    Path stat = Path.of("/proc", Long.toString(pid), "stat");
    return Files.exists(stat) && !Files.readString(stat).contains(") Z ");
  }
}
