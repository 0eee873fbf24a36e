package dev.longshore.cli;

import jakarta.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Where the progress of tasks is shown: bars on a terminal, otherwise a line for each change. */
abstract class Board implements AutoCloseable {

  private final Map<Long, String> shown = new HashMap<>();

  static Board of(Console console, boolean json) {
    if (json) {
      return new Lines(console, true);
    }
    return console.isTerminal() ? new Bars() : new Lines(console, false);
  }

  /** Shows a task as it is now; one that has not changed since is not shown again. */
  final void show(JsonObject task) {
    long id = TaskLines.id(task);
    String line = TaskLines.line(task);
    if (!line.equals(shown.put(id, line))) {
      changed(id, line, task);
    }
  }

  abstract void changed(long id, String line, JsonObject task);

  @Override
  public void close() {}

  private static final class Lines extends Board {

    private final Console console;
    private final boolean json;

    Lines(Console console, boolean json) {
      this.console = console;
      this.json = json;
    }

    @Override
    void changed(long id, String line, JsonObject task) {
      console.print(json ? task.toString() : line);
    }
  }

  private static final class Bars extends Board {

    private final Map<Long, ProgressBar> bars = new HashMap<>();

    @Override
    void changed(long id, String line, JsonObject task) {
      ProgressBar bar = bars.computeIfAbsent(id, i -> bar(i + " " + TaskLines.cell(task, "type")));
      JsonObject progress =
          TaskLines.progress(task).isEmpty() ? JsonObject.EMPTY_JSON_OBJECT : progressOf(task);
      long total = Math.max(1, TaskLines.number(progress, "total"));
      bar.maxHint(total);
      bar.stepTo(TaskLines.hasSucceeded(task) ? total : TaskLines.number(progress, "done"));
      String step = Api.text(progress, "step");
      bar.setExtraMessage(
          TaskLines.hasEnded(task) || step == null ? " " + TaskLines.cell(task, "state") : step);
      bar.refresh();
    }

    private static JsonObject progressOf(JsonObject task) {
      return task.getJsonObject("progress");
    }

    private static ProgressBar bar(String name) {
      return new ProgressBarBuilder()
          .setTaskName(name)
          .setInitialMax(1)
          .setStyle(ProgressBarStyle.ASCII)
          .hideEta()
          .setUpdateIntervalMillis(200)
          .build();
    }

    @Override
    public void close() {
      bars.values().forEach(ProgressBar::close);
    }
  }
}
