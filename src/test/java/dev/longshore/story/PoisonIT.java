package dev.longshore.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.local.Node;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A task that takes its node down each time it runs. */
class PoisonIT {

  private static final int NEIGHBOURS = 40;
  private static final Map<String, Node> NODES = new HashMap<>();
  private static final Set<String> DEAD = new HashSet<>();

  private static Cluster cluster;

  /** The test is what kills the node, when it sees the poisonous handler in its statement. */
  @BeforeAll
  static void start() throws Exception {
    cluster = Cluster.named("poison");
    for (String id : List.of("first", "second", "third")) {
      NODES.put(id, cluster.starting(id, Map.of()));
    }
    for (Node node : NODES.values()) {
      node.awaitReady(Duration.ofMinutes(3));
    }
    cluster.execute(
        """
        create function poison() returns trigger language plpgsql as $$
        begin
            perform pg_sleep(3600);
            return new;
        end $$;
        create trigger poison before insert on longshore.effect
            for each row when (new.name = 'poison') execute function poison();
        """);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void itFailsAfterThreeNodesAndTheTasksBesideItDoNot() throws Exception {
    StringBuilder tasks = new StringBuilder();
    for (int i = 0; i < NEIGHBOURS; i++) {
      tasks.append(effect(i == NEIGHBOURS / 2 ? "poison" : "beside"));
    }
    rest().post("api/tasks/bulk", tasks.toString(), "application/x-ndjson");
    long poison =
        cluster.number("select id from longshore.task where payload ->> 'name' = 'poison'");

    for (int deaths = 1; deaths <= 3; deaths++) {
      String victim = awaitVictim();
      NODES.remove(victim).kill();
      // Other tasks go on meanwhile.
      Rest other = rest();
      other.await(other.submit("effect", "{\"name\":\"meanwhile\"}"), "succeeded");
      if (deaths == 1) {
        NODES.put(victim, cluster.starting(victim, Map.of())); // for when the others are gone
      }
    }

    JsonObject failed = rest().await(poison, "failed");
    assertThat(failed.getString("error")).contains("3. node in a row that was lost with this task");
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> cluster.number("select count(*) from longshore.effect") == NEIGHBOURS + 2);
    assertThat(
            cluster.query(
                "select distinct state::text from longshore.task where id <> " + poison,
                row -> row.getString(1)))
        .containsExactly("succeeded");
  }

  private static String effect(String name) {
    return "{\"type\":\"effect\",\"payload\":{\"name\":\"" + name + "\"}}\n";
  }

  private static Rest rest() {
    Node ready =
        await()
            .atMost(Duration.ofMinutes(2))
            .until(
                () -> NODES.values().stream().filter(Node::isReady).findFirst().orElse(null),
                node -> node != null);
    return Rest.of(ready, "operator");
  }

  /** The node whose handler has just come to the poison. */
  private static String awaitVictim() {
    String found =
        await()
            .atMost(Duration.ofMinutes(2))
            .pollInterval(Duration.ofMillis(50))
            .until(
                () ->
                    cluster
                        .query(
                            """
                            select pid || ' ' || substring(application_name from 'longshore:(.*)')
                            from pg_stat_activity
                            where wait_event = 'PgSleep' and datname = current_database()
                            """,
                            row -> row.getString(1))
                        .stream()
                        .filter(session -> !DEAD.contains(session))
                        .findFirst()
                        .orElse(null),
                session -> session != null);
    DEAD.add(found); // the session outlives its node by a while
    return found.split(" ")[1];
  }
}
