package dev.longshore.chaos;

import dev.longshore.chaos.History.Submission;
import dev.longshore.story.Rest;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
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

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** How many exclusive keys a client has. */
  private static final int KEYS = 6;

  /** Not keys, but queues: few may run of one at once, so many a second may start of the other. */
  private static final String NARROW = "narrow";

  private static final String PACED = "paced";

  private static final Pattern ID = Pattern.compile("\"id\":(\\d+)");

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(1))
          .build();

  private final Fleet fleet;
  private final Journal journal;
  private final Path starts;
  private final Random random;
  private final String name;
  private volatile boolean stopped;
  private int count;

  /**
   * @param name of this client, in its tasks' labels
   * @param starts a file that the commands write a line to
   */
  Load(Fleet fleet, Journal journal, String name, long seed, Path starts) {
    this.fleet = fleet;
    this.journal = journal;
    this.name = name;
    this.random = new Random(seed);
    this.starts = starts;
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
    } else if (dice < 58) {
      pipeline(null);
    } else if (dice < 63) {
      sleep(null, 1_500);
    } else if (dice < 65) {
      // Longer than a lease: a node that wakes finds its task under way elsewhere.
      sleep(null, 15_000);
    } else if (dice < 78) {
      issue();
    } else if (dice < 83) {
      burst(NARROW, 500);
    } else if (dice < 88) {
      burst(PACED, 50);
    } else {
      keyed();
    }
  }

  /** Some of one key, one after the other: each was answered before the next one is sent. */
  private void keyed() throws InterruptedException {
    String key = name + "-" + random.nextInt(KEYS);
    for (int i = 1 + random.nextInt(6); i > 0; i--) {
      switch (random.nextInt(4)) {
        case 0 -> sleep(key, 200);
        case 1 -> pipeline(key);
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
    if (cancel && reply.answer() == Answer.DONE && id.find()) {
      TimeUnit.MILLISECONDS.sleep(random.nextInt(400));
      journal.cancelling(task.label());
      post(draw(), "api/tasks/" + id.group(1) + "/cancel", "", "application/json");
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

  /** For the event worker of the diagnostics, which takes so long for it. */
  private void message() throws InterruptedException {
    String body =
        "{\"name\":\"diagnostic/effect\",\"payload\":{\"millis\":%d}}"
            .formatted(random.nextInt(40));
    Reply reply = post(draw(), "api/messages", body, "application/json");
    Matcher id = ID.matcher(reply.body());
    if (reply.answer() == Answer.DONE && id.find()) {
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
    } else if (task.key() != null) {
      queue = ",\"queue\":\"keyed\",\"key\":\"" + task.key() + "\"";
    }
    return "{\"type\":\"%s\",\"payload\":%s,\"uniqueKey\":\"%s\",\"maxAttempts\":1000%s}"
        .formatted(task.type(), payload, task.label(), queue);
  }

  private Fleet.Member draw() {
    return fleet.members().get(random.nextInt(fleet.members().size()));
  }

  private Reply send(String path, String body, String contentType, List<Submission> tasks)
      throws InterruptedException {
    long sent = System.nanoTime();
    Reply reply = post(draw(), path, body, contentType);
    if (reply.answer() == Answer.NEVER_SENT) {
      return reply;
    }
    long now = reply.answer() == Answer.DONE ? System.nanoTime() : 0;
    journal.submitted(
        tasks.stream()
            .map(t -> new Submission(t.label(), t.type(), t.key(), t.items(), sent, now))
            .toList());
    return reply;
  }

  private enum Answer {
    DONE,
    UNKNOWN,
    NEVER_SENT
  }

  private record Reply(Answer answer, String body) {}

  private Reply post(Fleet.Member member, String path, String body, String contentType)
      throws InterruptedException {
    URI url = member.url().resolve(path);
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .timeout(PATIENCE)
            .header("Authorization", Rest.of(member.node(), "operator").authorization())
            .header("Content-Type", contentType)
            .POST(BodyPublishers.ofString(body))
            .build();
    try {
      HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
      // 404: the application is not up yet; 409: what was to be cancelled has ended.
      if (answer.statusCode() / 100 == 4
          && answer.statusCode() != 404
          && answer.statusCode() != 409) {
        throw new AssertionError(url + " answered " + answer.statusCode() + " " + answer.body());
      }
      return new Reply(
          answer.statusCode() / 100 == 2 ? Answer.DONE : Answer.UNKNOWN, answer.body());
    } catch (ConnectException e) {
      return new Reply(Answer.NEVER_SENT, "");
    } catch (IOException e) {
      return new Reply(Answer.UNKNOWN, "");
    }
  }
}
