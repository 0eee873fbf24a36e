package dev.longshore.chaos;

import dev.longshore.chaos.Fleet.Member;
import dev.longshore.local.StartException;
import dev.longshore.story.CutLine;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Does harm at random, and what operators do. What is done to whom, for how long and how far apart
 * follows from the seed; how it meets the work is left to the machine. Each fault is undone by
 * itself, in the background, while the next ones are done; nobody is hurt twice at once.
 */
final class Faults {

  private static final Duration READY = Duration.ofMinutes(3);

  /** How often a node is started before it is given up. */
  private static final int STARTS = 5;

  /** What can be done, and how often compared with the others. */
  enum Kind {
    KILL_NODE(5),
    STOP_NODE(2),
    PAUSE_NODE(4),
    CUT_DATABASE(3),
    CUT_BROKER(2),
    CUT_BOTH(2),
    DRAIN_NODE(2),
    KILL_BROKER(2),
    WIPE_BROKER(1),
    KILL_DATABASE(1),
    KILL_BACKEND(1),
    DROP_CONNECTIONS(1),
    PAUSE_QUEUE(1),
    PAUSE_TYPE(1);

    private final int weight;

    Kind(int weight) {
      this.weight = weight;
    }

    /** What is hurt: nobody is hurt twice at once. */
    String victim(Member member, int which) {
      return switch (this) {
        case KILL_BROKER, WIPE_BROKER -> "broker";
        case KILL_DATABASE, KILL_BACKEND, DROP_CONNECTIONS -> "database";
        case PAUSE_QUEUE -> "queue " + pick(Operator.QUEUES, which);
        case PAUSE_TYPE -> "type " + pick(Operator.TYPES, which);
        default -> member.id;
      };
    }

    /** As people write it: {@code kill-node}. */
    String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Kind of(String label) {
      return Arrays.stream(values())
          .filter(kind -> kind.label().equals(label))
          .findFirst()
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "There is no fault \"%s\"; there are %s"
                          .formatted(
                              label,
                              Arrays.stream(values())
                                  .map(Kind::label)
                                  .collect(Collectors.joining(", ")))));
    }
  }

  private final Fleet fleet;
  private final Journal journal;
  private final Operator operator;
  private final Random random;
  private final Set<Kind> kinds;
  private final Duration longest;
  private final ExecutorService background = Executors.newCachedThreadPool(this::daemon);
  private final Set<String> hurt = ConcurrentHashMap.newKeySet();
  private final Map<String, Integer> done = new TreeMap<>();
  private volatile RuntimeException failure;

  /**
   * @param kinds what may be done
   * @param longest how long a pause, a cut or an absence may take
   */
  Faults(Fleet fleet, Journal journal, long seed, Set<Kind> kinds, Duration longest) {
    this.fleet = fleet;
    this.journal = journal;
    this.operator = new Operator(fleet, journal);
    this.random = new Random(seed);
    // In the order of their declaration: any other would be another plan from the same seed.
    this.kinds = EnumSet.copyOf(kinds);
    this.longest = longest;
  }

  /** How often each fault was done. */
  Map<String, Integer> done() {
    return done;
  }

  /** Goes on for so long, then undoes everything and returns when all nodes take work again. */
  void run(Duration time) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < end && failure == null) {
      TimeUnit.MILLISECONDS.sleep(1_000 + random.nextInt(5_000));
      doHarm();
    }
    background.shutdown();
    background.awaitTermination(5, TimeUnit.MINUTES);
    if (failure != null) {
      throw failure;
    }
    fleet.members().forEach(member -> member.node().awaitReady(READY));
  }

  private void doHarm() {
    Kind kind = draw();
    Member member = fleet.members().get(random.nextInt(fleet.members().size()));
    long millis = 200 + random.nextInt((int) longest.toMillis());
    boolean silent = random.nextBoolean();
    int which = random.nextInt(1_000);
    String victim = kind.victim(member, which);
    if (!hurt.add(victim)) {
      return;
    }
    done.merge(kind.label().replace('-', ' '), 1, Integer::sum);
    background.execute(
        () -> {
          try {
            harm(kind, member, millis, silent, which);
          } catch (RuntimeException | AssertionError | InterruptedException | SQLException e) {
            failure = new IllegalStateException(kind + " of " + victim + " failed: " + e, e);
          } finally {
            hurt.remove(victim);
          }
        });
  }

  private Kind draw() {
    List<Kind> urn = new ArrayList<>();
    for (Kind kind : kinds) {
      for (int i = 0; i < kind.weight; i++) {
        urn.add(kind);
      }
    }
    return urn.get(random.nextInt(urn.size()));
  }

  private void harm(Kind kind, Member member, long millis, boolean silent, int which)
      throws InterruptedException, SQLException {
    switch (kind) {
      case KILL_NODE -> {
        journal.say("kill " + member.id + ", back after " + millis + " ms");
        member.node().kill();
        restart(member, millis);
      }
      case STOP_NODE -> {
        journal.say("stop " + member.id + ", back after " + millis + " ms");
        member.node().close();
        restart(member, millis);
      }
      case PAUSE_NODE -> {
        journal.say("pause " + member.id + " for " + millis + " ms");
        member.node().signal("STOP");
        TimeUnit.MILLISECONDS.sleep(millis);
        member.node().signal("CONT");
      }
      case CUT_DATABASE -> cut("the database", member, millis, silent, member.toDatabase);
      case CUT_BROKER -> cut("the broker", member, millis, silent, member.toBroker);
      case CUT_BOTH -> cut("both", member, millis, silent, member.toDatabase, member.toBroker);
      case KILL_BROKER -> {
        journal.say("kill the broker, back after " + millis + " ms");
        fleet.killBroker();
        TimeUnit.MILLISECONDS.sleep(millis);
        fleet.startBroker();
      }
      case WIPE_BROKER -> {
        journal.say("kill and wipe the broker, back after " + millis + " ms");
        fleet.killBroker();
        fleet.wipeBroker();
        TimeUnit.MILLISECONDS.sleep(millis);
        fleet.startBroker();
      }
      case KILL_DATABASE -> {
        journal.say("kill the database, back after " + millis + " ms");
        fleet.killDatabase();
        TimeUnit.MILLISECONDS.sleep(millis);
        fleet.restartDatabase();
        journal.say("the database is back");
      }
      case KILL_BACKEND -> {
        List<ProcessHandle> children = fleet.postgres().process().children().toList();
        journal.say("kill one of the database's " + children.size() + " processes");
        children.get(which % children.size()).destroyForcibly();
        fleet.awaitDatabase();
      }
      case DROP_CONNECTIONS -> dropConnections();
      case DRAIN_NODE -> operator.drain(member, millis, which);
      case PAUSE_QUEUE -> operator.pauseQueue(pick(Operator.QUEUES, which), millis, which);
      case PAUSE_TYPE -> operator.pauseType(pick(Operator.TYPES, which), millis, which);
    }
  }

  private static String pick(List<String> names, int which) {
    return names.get(which % names.size());
  }

  private void dropConnections() throws SQLException {
    journal.say("drop every connection to the database");
    try (Connection connection = fleet.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "select pg_terminate_backend(pid) from pg_stat_activity"
              + " where pid <> pg_backend_pid() and backend_type = 'client backend'");
    }
  }

  private void cut(String from, Member member, long millis, boolean silent, CutLine... lines)
      throws InterruptedException {
    journal.say(
        "%s %s from %s for %d ms".formatted(silent ? "silence" : "cut", member.id, from, millis));
    for (CutLine line : lines) {
      if (silent) {
        line.silence();
      } else {
        line.cut();
      }
    }
    TimeUnit.MILLISECONDS.sleep(millis);
    for (CutLine line : lines) {
      line.mend();
    }
  }

  private void restart(Member member, long millis) throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(millis);
    for (int attempt = 1; ; attempt++) {
      try {
        member.start();
        member.node().awaitReady(READY);
        journal.say(member.id + " is back");
        return;
      } catch (StartException e) {
        // What it needs may be hurt just now; whoever supervises a node starts it again.
        journal.say(member.id + " did not start: " + e.getMessage());
        member.node().kill();
        if (attempt == STARTS) {
          throw e;
        }
      }
    }
  }

  private Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "fault");
    thread.setDaemon(true);
    return thread;
  }
}
