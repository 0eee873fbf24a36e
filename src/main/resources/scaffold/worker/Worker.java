package ${package};

import dev.longshore.log.MessageLog;
import dev.longshore.log.worker.EventWorker;
import dev.longshore.log.worker.OnMessage;
import dev.longshore.log.worker.WorkerContext;
import jakarta.inject.Inject;
import jakarta.validation.constraints.NotBlank;
import java.util.Map;
import java.util.TreeMap;

/** Counts greetings and says so: change its messages, its state and its name to what you need. */
@EventWorker(
    name = "${name}",
    description = "Counts how often everybody is greeted, and appends a message for each time.",
    state = ${class}.Counts.class)
public class ${class} {

  public record Greet(@NotBlank String who) {}

  public record Greeted(String who, int times) {}

  /** Kept by the platform from message to message, as JSON. */
  public static class Counts {
    public Map<String, Integer> greetings = new TreeMap<>();
  }

  @Inject private MessageLog log;

  @OnMessage("${name}/greet")
  void greet(Greet greet, Counts counts, WorkerContext context) {
    int times = counts.greetings.merge(greet.who(), 1, Integer::sum);
    if (!context.isReplay()) { // what was said then stands in the log
      log.append("${name}/greeted", new Greeted(greet.who(), times));
    }
  }
}
