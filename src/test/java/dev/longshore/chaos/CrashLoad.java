package dev.longshore.chaos;

import dev.longshore.chaos.History.Submission;
import dev.longshore.story.Rest;
import jakarta.json.JsonObject;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** What nodes are given to do until they die of it, and what came of asking them. */
final class CrashLoad {

  private static final String EFFECT = "{\"name\":\"crash\"}";

  private final List<Submission> submissions = new ArrayList<>();
  private final Set<String> cancelled = new HashSet<>();

  List<Submission> submissions() {
    return submissions;
  }

  /** The labels of what was asked to be cancelled. */
  Set<String> cancelled() {
    return cancelled;
  }

  /** Quick tasks one by one and pipelines together, so that every point is passed. */
  void submit(Rest rest, CrashPoint point, int round) {
    String name = point + "-" + round + "-";
    for (int i = 1; i <= 10; i++) {
      bulk(rest, "effect", 0, EFFECT, List.of(name + i));
    }
    one(rest, "effect", EFFECT, name + "alone");
    // More than one at once: claims that are sent together are sent in a transaction.
    bulk(rest, "steps", 40, "{\"items\":40,\"millis\":1}", labels(name + "steps-", 3));
    group(rest, name + "g");
    switch (point.work()) {
      case CANCELS -> cancels(rest, name, round);
      case RETRIES -> retries(rest, name);
      case DEAF -> deaf(rest, name, round);
      default -> {}
    }
  }

  /** More than all nodes together have slots for: some run, some are queued, some are neither. */
  private void cancels(Rest rest, String name, int round) {
    if (round <= 3) {
      bulk(rest, "sleep", 0, "{\"millis\":300}", labels(name + "sleep-", 60));
    }
    for (String state : List.of("queued", "pending", "ongoing")) {
      ask(rest, state, "sleep", 5, "cancel");
    }
  }

  /** They fail at their first attempt, and succeed at the one that an operator gives them. */
  private void retries(Rest rest, String name) {
    one(rest, "fail", "{\"times\":1}", name + "fails");
    ask(rest, "failed", "fail", 5, "retry");
  }

  /** A step takes far longer than what is to stop is waited for, and is not interrupted before. */
  private void deaf(Rest rest, String name, int round) {
    if (round <= 3) {
      bulk(rest, "steps", 1, "{\"items\":1,\"millis\":5000}", labels(name + "deaf-", 2));
    }
    ask(rest, "ongoing", "steps", 20, "cancel");
  }

  private void ask(Rest rest, String state, String type, int most, String what) {
    String query = "api/tasks?state=%s&type=%s&limit=%d".formatted(state, type, most);
    List<JsonObject> tasks =
        answer(() -> rest.get(query))
            .filter(CrashLoad::isDone)
            .map(page -> page.json().getJsonArray("items").getValuesAs(JsonObject.class))
            .orElse(List.of());
    for (JsonObject task : tasks) {
      if (what.equals("cancel")) {
        cancelled.add(task.getString("uniqueKey"));
      }
      answer(() -> rest.post("api/tasks/" + task.getJsonNumber("id") + "/" + what));
    }
  }

  /** What has failed because it was asked to, and whose retry died with its node. */
  static void retryTheRest(Rest rest) {
    rest.post("api/tasks/retry", "{\"type\":\"fail\",\"state\":\"failed\"}");
  }

  private static List<String> labels(String name, int count) {
    return IntStream.rangeClosed(1, count).mapToObj(i -> name + i).toList();
  }

  /** Two and one that comes after them. */
  private void group(Rest rest, String name) {
    List<String> labels = List.of(name + "-1", name + "-2", name + "-last");
    String group =
        "{\"tasks\":[%s,%s],\"completion\":%s}"
            .formatted(labels.stream().map(label -> task("effect", EFFECT, label)).toArray());
    submitted("effect", 0, labels, answer(() -> rest.post("api/groups", group)));
  }

  private void one(Rest rest, String type, String payload, String label) {
    String json = task(type, payload, label);
    submitted(type, 0, List.of(label), answer(() -> rest.post("api/tasks", json)));
  }

  private void bulk(Rest rest, String type, int items, String payload, List<String> labels) {
    StringBuilder lines = new StringBuilder();
    labels.forEach(label -> lines.append(task(type, payload, label)).append('\n'));
    submitted(
        type,
        items,
        labels,
        answer(() -> rest.post("api/tasks/bulk", lines.toString(), "application/x-ndjson")));
  }

  /** Tasks that fail do so at once; the others are not to be blamed for what is done to them. */
  private static String task(String type, String payload, String label) {
    return "{\"type\":\"%s\",\"maxAttempts\":1,\"uniqueKey\":\"%s\",\"payload\":%s}"
        .formatted(type, label, payload);
  }

  private void submitted(
      String type, int items, List<String> labels, Optional<Rest.Answer> answer) {
    long acknowledged = answer.filter(CrashLoad::isDone).isPresent() ? 1 : 0;
    for (String label : labels) {
      submissions.add(new Submission(label, type, null, items, 0, acknowledged));
    }
  }

  private static boolean isDone(Rest.Answer answer) {
    return answer.status() / 100 == 2;
  }

  /** Nothing when the node has died of it: then nobody knows what came of it. */
  private static <T> Optional<T> answer(Supplier<T> request) {
    try {
      return Optional.of(request.get());
    } catch (UncheckedIOException e) {
      return Optional.empty();
    }
  }
}
