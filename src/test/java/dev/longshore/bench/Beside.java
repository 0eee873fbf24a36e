package dev.longshore.bench;

import dev.longshore.bench.Contestant.Counts;
import dev.longshore.local.Home;
import dev.longshore.local.Installation;
import dev.longshore.local.Ports;
import dev.longshore.local.Postgres;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Runs all contestants, prints a JSON line for each and one with the ratios of the design, its
 * marks beside them. On the server of {@code LONGSHORE_DB_URL}, whose user may make databases, or
 * on one of its own that is set as the launcher's is. Arguments: how many short tasks, how many
 * batch jobs.
 */
public final class Beside {

  private static final Installation INSTALLATION = Installation.current();
  private static final Path DIRECTORY = INSTALLATION.target().resolve("beside");

  private final Map<String, Map<String, Double>> found = new LinkedHashMap<>();

  private Beside() {}

  /** Ends with 1 when a contestant failed; the others are measured all the same. */
  public static void main(String[] args) throws Exception {
    Counts counts = new Counts(Integer.parseInt(args[0]), Integer.parseInt(args[1]));
    // Two of them write a line or more a job; nobody would run them so.
    Logger.getLogger("").setLevel(Level.WARNING);
    boolean all;
    String url = System.getenv("LONGSHORE_DB_URL");
    if (url != null && !url.isBlank()) {
      String user = System.getenv("LONGSHORE_DB_USER");
      all =
          new Beside().run(new Database(url, user, System.getenv("LONGSHORE_DB_PASSWORD")), counts);
    } else {
      Home home = new Home(DIRECTORY.resolve("server")).create();
      try (Postgres server = Postgres.start(INSTALLATION, home, Ports.free())) {
        all =
            new Beside().run(new Database(server.url(), server.user(), server.password()), counts);
      }
    }
    System.exit(all ? 0 : 1);
  }

  private boolean run(Database server, Counts counts) throws Exception {
    List<Contestant> contestants =
        List.of(
            new SqlFloor(),
            new DbScheduler(),
            new SpringBatch(),
            new GraphileWorker(INSTALLATION.checkout(), DIRECTORY.resolve("graphile")),
            new LongshoreNode(INSTALLATION.checkout(), DIRECTORY.resolve("home"), Ports.free()));
    for (Contestant contestant : contestants) {
      String name = "beside_" + contestant.name().replace('-', '_');
      JsonObjectBuilder line = Json.createObjectBuilder().add("contestant", contestant.name());
      try {
        Map<String, Double> perSecond = contestant.perSecond(server.fresh(name), counts);
        found.put(contestant.name(), perSecond);
        perSecond.forEach((what, rate) -> line.add(what + "PerSecond", Math.round(rate)));
      } catch (Exception e) {
        line.add("error", e.toString());
      } finally {
        server.drop(name);
      }
      System.out.println(line.build());
    }
    System.out.println(ratios());
    return found.size() == contestants.size();
  }

  private String ratios() {
    JsonObjectBuilder ratios = Json.createObjectBuilder();
    ratio(ratios, "longshore", "tasks", "db-scheduler", "tasks", "2.5");
    ratio(ratios, "longshore", "tasks", "sql-floor", "tasks", "0.5");
    ratio(ratios, "longshore", "tasks", "sql-floor", "tasksOfOneSession", null);
    ratio(ratios, "longshore", "tasks", "graphile-worker", "tasks", null);
    ratio(ratios, "graphile-worker", "tasks", "sql-floor", "tasks", "0.77");
    ratio(ratios, "graphile-worker", "tasks", "sql-floor", "tasksOfOneSession", "0.77");
    ratio(ratios, "longshore", "jobs", "spring-batch", "jobs", "4");
    return Json.createObjectBuilder().add("ratios", ratios).build().toString();
  }

  private void ratio(
      JsonObjectBuilder ratios,
      String one,
      String ofOne,
      String other,
      String ofOther,
      String expected) {
    Double above = found.getOrDefault(one, Map.of()).get(ofOne);
    Double below = found.getOrDefault(other, Map.of()).get(ofOther);
    JsonObjectBuilder ratio = Json.createObjectBuilder();
    if (above == null || below == null) {
      ratio.addNull("ratio");
    } else {
      ratio.add("ratio", Math.round(100 * above / below) / 100.0);
    }
    if (expected != null) {
      ratio.add("mark", Double.parseDouble(expected));
    }
    ratios.add(one + " / " + other + ", " + ofOther, ratio);
  }
}
