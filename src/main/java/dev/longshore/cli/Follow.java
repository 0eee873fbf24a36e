package dev.longshore.cli;

import jakarta.json.JsonObject;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Looks at tasks again and again until all have ended. */
final class Follow {

  private static final long INTERVAL_MILLIS = 250;

  private final Api api;

  Follow(Api api) {
    this.api = api;
  }

  /** Every task as it was when it had ended, in the order given. */
  List<JsonObject> untilEnded(Collection<Long> ids, Board board) {
    Map<Long, JsonObject> tasks = new LinkedHashMap<>();
    ids.forEach(id -> tasks.put(id, null));
    while (true) {
      boolean allEnded = true;
      for (Map.Entry<Long, JsonObject> entry : tasks.entrySet()) {
        if (entry.getValue() == null || !TaskLines.hasEnded(entry.getValue())) {
          entry.setValue(api.get("api/tasks/" + entry.getKey()));
          board.show(entry.getValue());
          allEnded &= TaskLines.hasEnded(entry.getValue());
        }
      }
      if (allEnded) {
        return List.copyOf(tasks.values());
      }
      pause();
    }
  }

  static void pause() {
    try {
      Thread.sleep(INTERVAL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandException(Longshore.BAD_INPUT, "Interrupted.");
    }
  }
}
