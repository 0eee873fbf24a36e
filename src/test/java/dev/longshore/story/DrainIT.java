package dev.longshore.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.tools.attach.VirtualMachine;
import dev.longshore.local.Node;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** A node gives up its work in good order, when it is asked to and when it is stopped at last. */
@TestMethodOrder(OrderAnnotation.class)
class DrainIT {

  private static final Duration SOON = Duration.ofMinutes(1);

  private static Cluster cluster;
  private static Node goes;
  private static Rest rest;

  @BeforeAll
  static void start() {
    cluster = Cluster.named("drain");
    Node stays = cluster.starting("stays", Map.of());
    goes = cluster.starting("goes", Map.of("LONGSHORE_DRAIN_TIMEOUT", "PT1M"));
    stays.awaitReady(Duration.ofMinutes(3));
    goes.awaitReady(Duration.ofMinutes(3));
    rest = Rest.of(stays, "operator");
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void aNodeThatIsAskedToDrainHandsBackItsWorkUncountedAndTakesNoMore() throws Exception {
    long task = onGoes("{\"millis\":600000}");

    Rest.Answer asked = rest.post("api/workers/goes/drain?timeout=PT1S");

    assertThat(asked.status()).as(asked.text()).isEqualTo(202);
    assertThat(asked.json().getString("state")).isEqualTo("draining");
    await().atMost(SOON).until(() -> outcomes(task).get(0).equals("handed back"));
    await().atMost(SOON).until(() -> worker().getString("state").equals("drained"));
    assertThat(worker().getInt("longSlots")).isZero();
    // It runs elsewhere, and no attempt of it was spent.
    await().atMost(SOON).until(() -> outcomes(task).size() == 2);
    assertThat(rest.task(task).getInt("attempts")).isEqualTo(1);
    assertThat(rest.task(task).getString("worker")).isEqualTo("stays");
    // Its endpoints are off the queues.
    await().atMost(SOON).until(() -> logOfGoes().contains("#LongLane"));
    await().atMost(SOON).until(() -> logOfGoes().contains("#QuickLane"));
    long since = cluster.number("select max(id) from longshore.task");
    for (int i = 0; i < 20; i++) {
      rest.submit("sleep", "{\"millis\":1}");
      rest.submit("noop", "{}");
    }
    await().atMost(SOON).until(() -> unfinishedSince(since) == 0);
    assertThat(
            cluster.number(
                "select count(*) from longshore.audit where outcome = 'refused' and task_id > "
                    + since))
        .isZero();
    assertThat(
            cluster.number(
                "select count(*) from longshore.attempt where worker = 'goes' and task_id > "
                    + since))
        .isZero();
    assertThat(Rest.of(goes, "operator").get("health/ready").status()).isEqualTo(503);

    assertThat(rest.post("api/workers/goes/undrain").status()).isEqualTo(202);

    await().atMost(SOON).until(goes::isReady);
    rest.post("api/tasks/" + task + "/cancel");
    rest.await(onGoes("{\"millis\":1}"), "succeeded");
  }

  /** Messages wait while the other node is full, and those who would take them are idle here. */
  @Test
  void claimsDoNotGoRoundAndRoundWhileItDrains() throws Exception {
    long runs = onGoes("{\"millis\":600000}");
    rest.post("api/workers/goes/drain?timeout=PT10M");
    await().atMost(SOON).until(() -> !goes.isReady());
    long since = cluster.number("select max(id) from longshore.task");
    long[] all = new long[30];
    for (int i = 0; i < all.length; i++) {
      all[i] = rest.submit("sleep", "{\"millis\":4000}");
    }
    rest.await(all[15], "succeeded"); // the second eight of the node that stays

    assertThat(
            cluster.number(
                "select count(*) from longshore.audit where outcome = 'refused' and task_id > "
                    + since))
        .as("refused within some eight seconds")
        .isLessThan(100);

    rest.post("api/workers/goes/undrain");
    rest.post("api/tasks/" + runs + "/cancel");
    for (long task : all) {
      rest.await(task, "succeeded");
    }
    await().atMost(SOON).until(goes::isReady);
  }

  /** As jconsole does: attached to the process, on the same machine, as its user. */
  @Test
  void anOperatorReachesANodeByJmx() throws Exception {
    VirtualMachine jvm = VirtualMachine.attach(Long.toString(goes.process().pid()));
    ObjectName bean = new ObjectName("dev.longshore:type=Worker");
    try (JMXConnector connector =
        JMXConnectorFactory.connect(new JMXServiceURL(jvm.startLocalManagementAgent()))) {
      MBeanServerConnection jmx = connector.getMBeanServerConnection();
      assertThat(jmx.getAttribute(bean, "Id")).isEqualTo("goes");

      jmx.invoke(bean, "drain", new Object[] {"PT10M"}, new String[] {String.class.getName()});
      await().atMost(SOON).until(() -> worker().getString("state").equals("drained"));
      await().atMost(SOON).until(() -> jmx.getAttribute(bean, "Active").equals(false));

      jmx.invoke(bean, "undrain", null, null);
      await().atMost(SOON).until(goes::isReady);
      assertThat(jmx.getAttribute(bean, "Active")).isEqualTo(true);
    } finally {
      jvm.detach();
    }
  }

  /**
   * Longer than the resource adapter waits before it interrupts, when Liberty stops; and longer
   * than Liberty's quiescing where a {@link Minute} is wanted.
   */
  @Test
  @Order(Integer.MAX_VALUE)
  void atSigtermRunningWorkGetsTheTimeThatIsSet() throws Exception {
    long task = onGoes("{\"millis\":%d}".formatted(Minute.WANTED ? 45_000 : 11_000));

    goes.signal("TERM");

    await().atMost(SOON).until(() -> worker().getString("state").equals("draining"));
    assertThat(worker().getInt("longSlots")).as("what others count on").isZero();
    rest.await(task, "succeeded");
    assertThat(outcomes(task)).containsExactly("succeeded");
    assertThat(goes.process().waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(worker().getString("state")).isEqualTo("stopped");
  }

  /** It waits for PostgreSQL, which no interruption ends: Liberty's stop cuts it. */
  @Test
  @EnabledIfSystemProperty(named = "longshore.minute", matches = "true")
  void whatOutlastsTheDrainAndLibertysQuiescingIsRecovered() throws Exception {
    goes.close();
    goes = cluster.node("goes", Map.of("LONGSHORE_DRAIN_STOP_TIMEOUT", "PT5S"));
    cluster.execute(
        """
        create function hang() returns trigger language plpgsql as $$
        begin
            if current_setting('application_name') = 'longshore:goes' then
                perform pg_sleep(3600);
            end if;
            return new;
        end $$;
        create trigger hang before insert on longshore.effect for each row execute function hang();
        """);
    String hanging =
        "select min(t.id) from longshore.task t join longshore.claim c on c.id = t.claim_id"
            + " where t.type = 'effect' and t.state = 'ongoing' and c.worker = 'goes'";
    await()
        .atMost(SOON)
        .until(
            () -> {
              rest.submit("effect", "{\"name\":\"hang\"}");
              return cluster.number(hanging) > 0;
            });
    long task = cluster.number(hanging);

    long asked = System.nanoTime();
    goes.signal("TERM");

    assertThat(goes.process().waitFor(3, TimeUnit.MINUTES)).isTrue();
    System.out.printf(
        "DrainIT: gone %d s after SIGTERM%n",
        TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - asked));
    rest.await(task, "succeeded");
    assertThat(outcomes(task)).containsExactly("lost", "succeeded");
    assertThat(rest.task(task).getInt("attempts")).isEqualTo(1);
    assertThat(cluster.number("select count(*) from longshore.effect where task_id = " + task))
        .isEqualTo(1);
    cluster.execute(
        """
        select pg_terminate_backend(pid) from pg_stat_activity
        where wait_event = 'PgSleep' and datname = current_database()
        """);
    cluster.execute("drop trigger hang on longshore.effect");
    goes = cluster.node("goes", Map.of("LONGSHORE_DRAIN_TIMEOUT", "PT1M"));
  }

  @Test
  void badRequestsAreRefused() throws Exception {
    assertThat(rest.post("api/workers/nobody/drain").status()).isEqualTo(404);
    assertThat(rest.post("api/workers/goes/drain?timeout=soon").status()).isEqualTo(400);
    assertThat(rest.post("api/workers/goes/drain?timeout=-PT1S").status()).isEqualTo(400);
    assertThat(cluster.rest("viewer").post("api/workers/goes/drain").status()).isEqualTo(403);
    cluster.execute(
        """
        insert into longshore.worker (id, run, host, pid, version, state, lease_until, long_slots, quick_slots)
        values ('gone', 0, 'h', 1, 'v', 'stopped', now() - interval '1 minute', 1, 1)
        """);
    Rest.Answer gone = rest.post("api/workers/gone/drain");
    assertThat(gone.status()).isEqualTo(409);
    assertThat(gone.json().getString("detail"))
        .startsWith("Worker gone does not run (stopped): nothing was changed.");
    assertThat(rest.post("api/workers/gone/undrain").status()).isEqualTo(409);
  }

  /** A sleep that the node that goes has begun; either node may get one. */
  private static long onGoes(String payload) throws Exception {
    while (true) {
      long task = rest.submit("sleep", payload);
      await()
          .atMost(SOON)
          .pollInterval(Duration.ofMillis(20))
          .until(() -> !List.of("pending", "queued").contains(state(task)));
      if (rest.task(task).getString("worker").equals("goes")) {
        return task;
      }
      rest.post("api/tasks/" + task + "/cancel");
      rest.await(task, "cancelled", "succeeded");
    }
  }

  private static String state(long task) {
    return rest.task(task).getString("state");
  }

  private static JsonObject worker() {
    return rest.get("api/workers").json().getJsonArray("items").stream()
        .map(JsonObject.class::cast)
        .filter(w -> w.getString("id").equals("goes"))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> outcomes(long task) throws Exception {
    return cluster.query(
        "select coalesce(outcome, 'under way') from longshore.attempt where task_id = %d order by number"
            .formatted(task),
        row -> row.getString(1));
  }

  private static long unfinishedSince(long task) throws Exception {
    return cluster.number(
        "select count(*) from longshore.task where state <> 'succeeded' and id > " + task);
  }

  private static String logOfGoes() throws IOException {
    return Files.readString(goes.home().logs().resolve("node/messages.log"))
        .lines()
        .filter(line -> line.contains("pause of endpoint"))
        .toList()
        .toString();
  }
}
