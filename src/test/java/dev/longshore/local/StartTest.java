package dev.longshore.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartTest {

  @TempDir Path proc;

  private final ProcessHandle self = ProcessHandle.current();

  @Test
  void does_not_move_when_the_clock_is_set() throws IOException {
    describe("boot", 4711);
    // The moment of boot, by a clock that is set an hour forward.
    Files.writeString(proc.resolve("stat"), "btime 1764000000\n");
    String before = Start.of(self, proc);
    Files.writeString(proc.resolve("stat"), "btime 1764003600\n");
    assertThat(Start.of(self, proc)).isEqualTo(before).isEqualTo("boot:4711");
  }

  @Test
  void differs_for_who_has_the_id_later_or_after_another_boot() throws IOException {
    describe("boot", 4711);
    String first = Start.of(self, proc);
    describe("boot", 4712);
    assertThat(Start.of(self, proc)).isNotEqualTo(first);
    describe("another", 4711);
    assertThat(Start.of(self, proc)).isNotEqualTo(first);
  }

  @Test
  void is_the_time_of_day_where_there_is_no_proc() {
    assertThat(Start.of(self, proc)).isEqualTo(self.info().startInstant().orElseThrow().toString());
  }

  private void describe(String boot, long ticks) throws IOException {
    Path random = Files.createDirectories(proc.resolve("sys/kernel/random"));
    Files.writeString(random.resolve("boot_id"), boot + "\n");
    Path process = Files.createDirectories(proc.resolve(Long.toString(self.pid())));
    Files.writeString(
        process.resolve("stat"),
        self.pid()
            + " (a ) name) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 "
            + ticks
            + " 20\n");
  }
}
