package dev.longshore.chaos;

import dev.longshore.chaos.History.Beat;
import dev.longshore.chaos.History.Limit;
import dev.longshore.chaos.History.Start;
import dev.longshore.story.Rest;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** One run: starts everything, loads and harms it for a time, lets it come to rest, and judges. */
final class Chaos {

  /** Each command writes a line to it when it begins. */
  private static final String STARTS = "starts.txt";

  /** Those of exclusive keys write to it again and again. */
  private static final String BEATS = "beats.txt";

  private static final Map<String, String> SETTINGS =
      Map.ofEntries(
          Map.entry("LONGSHORE_DIAGNOSTICS", "true"),
          Map.entry("LONGSHORE_ISSUE_COMMAND", "sh -c {description}"),
          Map.entry("LONGSHORE_ISSUE_GRACE", "PT1S"),
          // The faults are not the tasks': they must not use up what the tasks may do wrong.
          Map.entry("LONGSHORE_ISSUE_MAX_ATTEMPTS", "1"),
          // But for this: a task may well lose three nodes in a row here.
          Map.entry("LONGSHORE_RECOVER_MAX_LOSSES", "1000"),
          // Short, so that a run of minutes sees many takeovers.
          Map.entry("LONGSHORE_WORKER_LEASE", "PT4S"),
          Map.entry("LONGSHORE_RECOVER_INTERVAL", "PT1S"),
          Map.entry("LONGSHORE_DISPATCH_TIMEOUT", "PT6S"),
          Map.entry("LONGSHORE_DRAIN_TIMEOUT", "PT1S"),
          Map.entry("LONGSHORE_DRAIN_STOP_TIMEOUT", "PT4S"));

  /**
   * @param directory that the history is kept in
   * @param nodes how many
   * @param rest how long everything may take to end once all is whole again
   * @param faults what may be done
   * @param limits whether some queues have limits: claims go another way where nothing has one
   */
  record Plan(
      long seed,
      Duration time,
      int nodes,
      Path directory,
      Duration rest,
      Set<Faults.Kind> faults,
      boolean limits) {
    /** Backoffs may have grown: the tasks of a long run get ten minutes. */
    Plan(long seed, Duration time, int nodes, Path directory) {
      this(
          seed,
          time,
          nodes,
          directory,
          Duration.ofMinutes(10),
          EnumSet.allOf(Faults.Kind.class),
          true);
    }
  }

  /** What came of it. */
  record Result(
      Plan plan, Map<String, Integer> faults, History history, List<Violation> violations) {
    JsonObject toJson() {
      JsonObjectBuilder faultCounts = Json.createObjectBuilder();
      faults.forEach(faultCounts::add);
      JsonObjectBuilder broken = Json.createObjectBuilder();
      for (Rule rule : Rule.values()) {
        broken.add(rule.title(), violations.stream().filter(v -> v.rule() == rule).count());
      }
      return Json.createObjectBuilder()
          .add("seed", plan.seed())
          .add("minutes", plan.time().toSeconds() / 60.0)
          .add("nodes", plan.nodes())
          .add("kills", faults.values().stream().mapToInt(Integer::intValue).sum())
          .add("faults", faultCounts)
          .add("submitted", history.submissions().size())
          .add("tasks", history.tasks().size())
          .add("attempts", history.attempts().size())
          .add("violations", violations.size())
          .add("rules", broken)
          .add("history", plan.directory().toString())
          .build();
    }
  }

  private final Plan plan;
  private final PrintStream progress;

  Chaos(Plan plan, PrintStream progress) {
    this.plan = plan;
    this.progress = progress;
  }

  Result run() throws InterruptedException, SQLException, IOException {
    Files.createDirectories(plan.directory());
    try (Journal journal = new Journal(plan.directory(), progress);
        Fleet fleet = new Fleet(plan.directory(), SETTINGS)) {
      Thread closer = new Thread(fleet::close, "end the processes");
      Runtime.getRuntime().addShutdownHook(closer);
      try {
        return run(journal, fleet);
      } finally {
        Runtime.getRuntime().removeShutdownHook(closer);
      }
    }
  }

  private Result run(Journal journal, Fleet fleet)
      throws InterruptedException, SQLException, IOException {
    journal.say("seed " + plan.seed() + ", history in " + plan.directory());
    fleet.start(plan.nodes());
    List<Limit> limits = plan.limits() ? limit(fleet) : List.of();
    journal.say("limits: " + limits);
    journal.say(plan.nodes() + " nodes take work");
    List<Load> loads = new ArrayList<>();
    List<Thread> clients = new ArrayList<>();
    for (int i = 1; i <= 2; i++) {
      Load load =
          new Load(
              fleet,
              journal,
              "c" + i,
              plan.seed() + i,
              plan.directory().resolve(STARTS),
              plan.directory().resolve(BEATS));
      loads.add(load);
      Thread client = new Thread(load, "client " + i);
      client.setDaemon(true);
      client.start();
      clients.add(client);
    }
    Faults faults = new Faults(fleet, journal, plan.seed(), plan.faults(), Duration.ofSeconds(12));
    faults.run(plan.time());
    loads.forEach(Load::stop);
    for (Thread client : clients) {
      client.join();
    }
    journal.say("no more harm, no more load: " + journal.submissions().size() + " submitted");
    boolean rested = awaitRest(fleet, journal, plan.rest());
    journal.say(rested ? "everything has ended" : "not everything has ended");
    try (Connection connection = fleet.connect()) {
      Collect collect = new Collect(connection);
      collect.copyTo(plan.directory());
      History history =
          collect.history(
              journal.submissions(),
              journal.cancelled(),
              journal.paused(),
              lines(STARTS).stream().map(words -> start(words, 0)).toList(),
              // Without limits keys are nobody's own.
              plan.limits()
                  ? lines(BEATS).stream().map(words -> new Beat(words[0], start(words, 1))).toList()
                  : List.of(),
              limits,
              journal.appended());
      List<Violation> violations = Rule.checkAll(history);
      for (Rule rule : Rule.values()) { // some of each: one may hide the others
        violations.stream()
            .filter(violation -> violation.rule() == rule)
            .limit(10)
            .forEach(violation -> journal.say("VIOLATION " + violation));
      }
      return new Result(plan, faults.done(), history, violations);
    }
  }

  /** What commands have written to a file, in words. */
  private List<String[]> lines(String name) throws IOException {
    Path file = plan.directory().resolve(name);
    return !Files.exists(file)
        ? List.of()
        : Files.readAllLines(file).stream().map(line -> line.split(" ")).toList();
  }

  private static Start start(String[] words, int from) {
    return new Start(Long.parseLong(words[from]), Integer.parseInt(words[from + 1]));
  }

  /** Exclusive keys in one queue, few at once in another, so many a second in a third. */
  private static List<Limit> limit(Fleet fleet) {
    Rest admin = Rest.of(fleet.members().get(0).node(), "admin");
    put(admin, "keyed", "{\"keyLimit\":1}");
    put(admin, "narrow", "{\"limit\":3}");
    put(admin, "paced", "{\"rate\":\"5/PT1S\"}");
    put(admin, "tempo", "{\"keyRate\":\"3/PT1S\"}");
    return List.of(
        new Limit("key", "keyed", 1),
        new Limit("queue", "narrow", 3),
        new Limit("queue", "paced", 5, Duration.ofSeconds(1)),
        new Limit("key", "tempo", 3, Duration.ofSeconds(1)));
  }

  private static void put(Rest admin, String queue, String limits) {
    Rest.Answer answer = admin.put("api/queues/" + queue, limits);
    if (answer.status() / 100 != 2) {
      throw new IllegalStateException("No limit was set: " + answer.text());
    }
  }

  private static boolean awaitRest(Fleet fleet, Journal journal, Duration limit)
      throws InterruptedException, SQLException {
    long end = System.nanoTime() + limit.toNanos();
    Operator operator = new Operator(fleet, journal);
    for (int second = 1; System.nanoTime() < end; second++) {
      long open = open(fleet);
      if (open == 0) {
        return true;
      }
      operator.retryWhatFailed();
      if (second % 10 == 0) {
        journal.say(open + " tasks and messages have not ended yet");
      }
      TimeUnit.SECONDS.sleep(1);
    }
    return false;
  }

  private static long open(Fleet fleet) throws SQLException {
    try (Connection connection = fleet.connect();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                select (select count(*) from longshore.task
                        where state in ('pending', 'queued', 'ongoing')
                          or state = 'failed' and type = 'fail')
                    + (select count(*) from longshore.message m, longshore.event_worker w
                       where w.name = 'diagnostic' and m.name = 'diagnostic/effect'
                         and m.id > w.position)
                """)) {
      row.next();
      return row.getLong(1);
    }
  }

  /**
   * {@code --minutes N --seed S --nodes N --directory D --rest SECONDS --faults KIND,… --limits
   * false}; exit code 1 when a rule was broken, 2 when there is no such fault.
   */
  public static void main(String[] args) throws Exception {
    Map<String, String> given = new HashMap<>();
    for (int i = 0; i + 1 < args.length; i += 2) {
      given.put(args[i], args[i + 1]);
    }
    long seed = Long.parseLong(given.getOrDefault("--seed", "" + System.nanoTime() % 1_000_000));
    double minutes = Double.parseDouble(given.getOrDefault("--minutes", "2"));
    Path directory =
        Path.of(given.getOrDefault("--directory", "target/chaos/" + seed)).toAbsolutePath();
    Plan plan =
        new Plan(
            seed,
            Duration.ofSeconds(Math.round(minutes * 60)),
            Integer.parseInt(given.getOrDefault("--nodes", "3")),
            directory,
            Duration.ofSeconds(Long.parseLong(given.getOrDefault("--rest", "600"))),
            faults(given.get("--faults")),
            !given.getOrDefault("--limits", "true").equals("false"));
    Result result = new Chaos(plan, System.err).run();
    System.out.println(result.toJson());
    System.exit(result.violations().isEmpty() ? 0 : 1);
  }

  private static Set<Faults.Kind> faults(String labels) {
    try {
      return labels == null
          ? EnumSet.allOf(Faults.Kind.class)
          : Arrays.stream(labels.split(",")).map(Faults.Kind::of).collect(Collectors.toSet());
    } catch (IllegalArgumentException e) {
      System.err.println("longshore: --faults: " + e.getMessage() + ". Nothing was run.");
      System.exit(2);
      throw e;
    }
  }
}
