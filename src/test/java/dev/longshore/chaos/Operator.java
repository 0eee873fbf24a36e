package dev.longshore.chaos;

import dev.longshore.chaos.Fleet.Member;
import dev.longshore.chaos.Requests.Reply;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Does by REST what an operator does: drains a node, pauses a queue or a type, has what failed
 * tried again. What it has asked for it takes back again, however often it has to ask for that.
 */
final class Operator {

  /** All that the load uses. */
  static final List<String> QUEUES = List.of("default", "keyed", "narrow", "paced", "tempo");

  /** Not all: one that is paused lets others of its exclusive keys go first. */
  static final List<String> TYPES = List.of("parts", "sleep");

  private static final long AGAIN_MILLIS = 500;

  private final Requests requests = new Requests("admin");
  private final Fleet fleet;
  private final Journal journal;

  Operator(Fleet fleet, Journal journal) {
    this.fleet = fleet;
    this.journal = journal;
  }

  /** What the node runs may go on for a second of that time, and is handed back then. */
  void drain(Member member, long millis, int first) throws InterruptedException {
    String worker = "api/workers/" + member.id;
    forAWhile("drain " + member.id, worker + "/drain?timeout=PT1S", millis, first);
    undo(member.id + " takes work again", worker + "/undrain", first);
  }

  void pauseQueue(String queue, long millis, int first) throws InterruptedException {
    pause("queue " + queue, "api/queues/" + queue, millis, first);
  }

  void pauseType(String type, long millis, int first) throws InterruptedException {
    journal.pausing(type);
    pause("type " + type, "api/types/" + type, millis, first);
  }

  private void pause(String what, String path, long millis, int first) throws InterruptedException {
    forAWhile("pause " + what, path + "/pause", millis, first);
    undo(what + " goes on", path + "/resume", first);
  }

  /** Whether it was done nobody knows, when the answer is not there: it is undone all the same. */
  private void forAWhile(String what, String path, long millis, int first)
      throws InterruptedException {
    Reply reply = requests.post(member(first), path, "", "application/json");
    journal.say("%s for %d ms: %s".formatted(what, millis, reply.answer()));
    TimeUnit.MILLISECONDS.sleep(millis);
  }

  private void undo(String what, String path, int first) throws InterruptedException {
    for (int i = first; !requests.post(member(i), path, "", "application/json").isDone(); i++) {
      TimeUnit.MILLISECONDS.sleep(AGAIN_MILLIS);
    }
    journal.say(what);
  }

  /** All that have failed because they were asked to. */
  void retryWhatFailed() throws InterruptedException {
    String filter = "{\"type\":\"fail\",\"state\":\"failed\"}";
    requests.post(member(0), "api/tasks/retry", filter, "application/json");
  }

  /** One after the other, from that one on. */
  private Member member(int i) {
    return fleet.members().get(i % fleet.members().size());
  }
}
