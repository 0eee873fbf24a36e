package dev.longshore.chaos;

import dev.longshore.chaos.History.Submission;
import dev.longshore.chaos.Requests.Answer;
import dev.longshore.chaos.Requests.Reply;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The client: submits a mixed load to whichever node answers, and keeps what it was told. A request
 * that is not answered with success is not repeated: its tasks may be there or not.
 */
final class Load implements Runnable {

  /** How many exclusive keys a client has. */
  private static final int KEYS = 6;

  /** Not keys, but queues: few may run of one at once, so many a second may start of the other. */
  private static final String NARROW = "narrow";

  private static final String PACED = "paced";

  /** What the keys of a queue begin with whose rate is limited. */
  private static final String TEMPO = "tempo";

  /** Of tasks that do nothing wrong: nothing that is done to their nodes and servers may count. */
  private static final int ATTEMPTS = 1;

  private static final Pattern ID = Pattern.compile("\"id\":(\\d+)");

  private final Requests requests = new Requests("operator");
  private final Fleet fleet;
  private final Journal journal;
  private final Path starts;
  private final Path beats;
  private final List<String> failing = new ArrayList<>();
  private final Random random;
  private final String name;
  private volatile boolean stopped;
  private int count;

  /**
   * @param name of this client, in its tasks' labels
   * @param starts a file that each command writes a line to when it begins
   * @param beats one that those of a key write to again and again
   */
  Load(Fleet fleet, Journal journal, String name, long seed, Path starts, Path beats) {
    this.fleet = fleet;
    this.journal = journal;
    this.name = name;
    this.random = new Random(seed);
    this.starts = starts;
    this.beats = beats;
  }

  void stop() {
    stopped = true;
  }

  @Override
  public void run() {
    while (!stopped) {
      try {
        submit();
        TimeUnit.MILLISECONDS.sleep(50 + random.nextInt(250));
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void submit() throws InterruptedException {
    if (random.nextInt(4) == 0) {
      message();
    }
    int dice = random.nextInt(100);
    if (dice < 30) {
      effects(1 + random.nextInt(60));
    } else if (dice < 45) {
      effects(1);
    } else if (dice < 54) {
      pipeline(null);
    } else if (dice < 58) {
      parts();
    } else if (dice < 63) {
      sleep(null, 1_500);
    } else if (dice < 65) {
      // Longer than a lease: a node that wakes finds its task under way elsewhere.
      sleep(null, 15_000);
    } else if (dice < 74) {
      issue();
    } else if (dice < 78) {
      failing();
    } else if (dice < 83) {
      burst(NARROW, 500);
    } else if (dice < 86) {
      burst(PACED, 50);
    } else if (dice < 89) {
      tempo();
    } else if (dice < 92) {
      afterEachOther();
    } else {
      keyed();
    }
  }

  /** Some of one key, one after the other: each was answered before the next one is sent. */
  private void keyed() throws InterruptedException {
    String key = name + "-" + random.nextInt(KEYS);
    for (int i = 1 + random.nextInt(6); i > 0; i--) {
      switch (random.nextInt(6)) {
        case 0 -> sleep(key, 200);
        case 1 -> pipeline(key);
        case 2 -> command(key);
        default -> {
          Submission task = next("effect", key, 0);
          one(task, "{\"name\":\"" + task.label() + "\"}");
        }
      }
    }
  }

  private void effects(int n) throws InterruptedException {
    List<Submission> tasks = new ArrayList<>();
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < n; i++) {
      Submission task = next("effect", null, 0);
      tasks.add(task);
      lines.append(json(task, "{\"name\":\"" + task.label() + "\"}")).append('\n');
    }
    send("api/tasks/bulk", lines.toString(), "application/x-ndjson", tasks);
  }

  private void pipeline(String key) throws InterruptedException {
    int items = key == null ? 20 + random.nextInt(80) : 12;
    // A task that waits for its next attempt lets the next one of its key go first.
    boolean fails = key == null && random.nextInt(4) == 0;
    String fault = fails ? ",\"failAt\":" + (1 + random.nextInt(items)) : "";
    int millis = 2 + random.nextInt(key == null ? 30 : 5);
    one(
        next("steps", key, items),
        "{\"items\":%d,\"millis\":%d%s}".formatted(items, millis, fault));
  }

  /** Two flows at once, one of them in three partitions. */
  private void parts() throws InterruptedException {
    int items = 8 + random.nextInt(12);
    one(
        next("parts", null, 4 * items),
        "{\"items\":%d,\"millis\":%d}".formatted(items, 2 + random.nextInt(20)));
  }

  /** More of one key at once than its rate lets start in a second. */
  private void tempo() throws InterruptedException {
    String key = TEMPO + "-" + random.nextInt(3);
    for (int i = 6; i > 0; i--) {
      sleep(key, 20);
    }
  }

  /** Each is submitted to come after the one before it, which may have ended by then. */
  private void afterEachOther() throws InterruptedException {
    String after = "";
    for (int i = 4; i > 0; i--) {
      Submission task = next("effect", null, 0);
      String json = json(task, "{\"name\":\"" + task.label() + "\"}");
      Reply reply =
          send(
              "api/tasks",
              json.substring(0, json.length() - 1) + after + "}",
              "application/json",
              List.of(task));
      Matcher id = ID.matcher(reply.body());
      if (!reply.isDone() || !id.find()) {
        return;
      }
      after = ",\"after\":[" + id.group(1) + "]";
    }
  }

  /** More at once than the queue's limit lets run: it has to hold some of them back. */
  private void burst(String queue, int most) throws InterruptedException {
    List<Submission> tasks = new ArrayList<>();
    StringBuilder lines = new StringBuilder();
    for (int i = 4 + random.nextInt(5); i > 0; i--) {
      Submission task = next("sleep", queue, 0);
      tasks.add(task);
      lines.append(json(task, "{\"millis\":" + random.nextInt(most) + "}")).append('\n');
    }
    send("api/tasks/bulk", lines.toString(), "application/x-ndjson", tasks);
  }

  /**
   * @param key of the queue {@code keyed}
   */
  private void sleep(String key, int most) throws InterruptedException {
    Submission task = next("sleep", key, 0);
    boolean cancel = random.nextInt(4) == 0;
    Reply reply = one(task, "{\"millis\":" + random.nextInt(most) + "}");
    Matcher id = ID.matcher(reply.body());
    if (cancel && reply.isDone() && id.find()) {
      TimeUnit.MILLISECONDS.sleep(random.nextInt(400));
      journal.cancelling(task.label());
      requests.post(draw(), "api/tasks/" + id.group(1) + "/cancel", "", "application/json");
    }
  }

  private Reply one(Submission task, String payload) throws InterruptedException {
    return send("api/tasks", json(task, payload), "application/json", List.of(task));
  }

  private void issue() throws InterruptedException {
    Submission task = next("issue", null, 0);
    String script =
        "echo $LONGSHORE_TASK $LONGSHORE_ATTEMPT >> %s; sleep 0.%d # %s"
            .formatted(starts, random.nextInt(10), task.label());
    send("api/issues", "{\"description\":\"" + script + "\"}", "application/json", List.of(task));
  }

  /**
   * A command of an exclusive key, which says again and again that it runs. It takes less than the
   * time after which a node that is cut off, or paused, may be taken for dead: nothing stops it
   * before it knows, or wakes.
   */
  private void command(String key) throws InterruptedException {
    Submission task = next("issue", key, 0);
    String script =
        ("echo $LONGSHORE_TASK $LONGSHORE_ATTEMPT >> %s;"
                + " for i in 1 2 3 4 5; do echo %s $LONGSHORE_TASK $LONGSHORE_ATTEMPT >> %s;"
                + " sleep 0.%d; done # %s")
            .formatted(starts, key, beats, 1 + random.nextInt(2), task.label());
    one(task, "{\"description\":\"" + script + "\"}");
  }

  /** Fails, once and for good; an operator has it tried again, this one or one of before. */
  private void failing() throws InterruptedException {
    Reply reply = one(next("fail", null, 0), "{\"times\":1}");
    Matcher id = ID.matcher(reply.body());
    if (reply.isDone() && id.find()) {
      failing.add(id.group(1));
    }
    if (failing.size() > 2) {
      String path = "api/tasks/" + failing.remove(0) + "/retry";
      requests.post(draw(), path, "", "application/json");
    }
  }

  /** For the event worker of the diagnostics, which takes so long for it. */
  private void message() throws InterruptedException {
    String body =
        "{\"name\":\"diagnostic/effect\",\"payload\":{\"millis\":%d}}"
            .formatted(random.nextInt(40));
    Reply reply = requests.post(draw(), "api/messages", body, "application/json");
    Matcher id = ID.matcher(reply.body());
    if (reply.isDone() && id.find()) {
      journal.appended(Long.parseLong(id.group(1)));
    }
  }

  private Submission next(String type, String key, int items) {
    return new Submission(name + "-" + ++count, type, key, items, 0, 0);
  }

  /** The label is the unique key, too: by it the task is found again. */
  private static String json(Submission task, String payload) {
    String queue = "";
    if (NARROW.equals(task.key()) || PACED.equals(task.key())) {
      queue = ",\"queue\":\"" + task.key() + "\"";
    } else if (task.key() != null && task.key().startsWith(TEMPO)) {
      queue = ",\"queue\":\"tempo\",\"key\":\"" + task.key() + "\"";
    } else if (task.key() != null) {
      queue = ",\"queue\":\"keyed\",\"key\":\"" + task.key() + "\"";
    }
    int attempts = payload.contains("failAt") ? ATTEMPTS + 1 : ATTEMPTS;
    return "{\"type\":\"%s\",\"payload\":%s,\"uniqueKey\":\"%s\",\"maxAttempts\":%d%s}"
        .formatted(task.type(), payload, task.label(), attempts, queue);
  }

  private Fleet.Member draw() {
    return fleet.members().get(random.nextInt(fleet.members().size()));
  }

  private Reply send(String path, String body, String contentType, List<Submission> tasks)
      throws InterruptedException {
    long sent = System.nanoTime();
    Reply reply = requests.post(draw(), path, body, contentType);
    if (reply.answer() == Answer.NEVER_SENT) {
      return reply;
    }
    long now = reply.isDone() ? System.nanoTime() : 0;
    journal.submitted(
        tasks.stream()
            .map(t -> new Submission(t.label(), t.type(), t.key(), t.items(), sent, now))
            .toList());
    return reply;
  }
}
