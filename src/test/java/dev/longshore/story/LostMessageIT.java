package dev.longshore.story;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.JMSContext;
import java.util.Map;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Artemis carries work but does not own it: what it loses or repeats changes nothing. */
class LostMessageIT {

  private static Cluster cluster;
  private static Rest rest;

  @BeforeAll
  static void start() {
    cluster = Cluster.named("messages");
    cluster.node(
        "only", Map.of("LONGSHORE_DISPATCH_TIMEOUT", "PT3S", "LONGSHORE_LONG_CONCURRENCY", "1"));
    rest = cluster.rest();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void aClaimWhoseMessageNeverArrivesIsMadeAgainUnderANewId() throws Exception {
    String far =
        "{\"type\":\"sleep\",\"payload\":{\"millis\":1},\"runAt\":\"2100-01-01T00:00:00Z\"}";
    long id = rest.submit(far);
    // What a crash between the commit of a claim and its send leaves.
    cluster.execute(
        """
        with c as (
            insert into longshore.claim (lane, type, claimed_by) values ('long', 'sleep', 'crashed')
            returning id)
        update longshore.task set state = 'queued', claim_id = c.id, run_at = now()
        from c where task.id = %d
        """
            .formatted(id));
    long lost = cluster.number("select claim_id from longshore.task where id = " + id);

    rest.await(id, "succeeded");

    assertThat(cluster.number("select claim_id from longshore.attempt where task_id = " + id))
        .isNotEqualTo(lost);
  }

  @Test
  void aMessageThatArrivesTwiceOrLateIsDropped() throws Exception {
    // One slot, taken: the claim of the second task waits in the broker, and so do its copies.
    long first = rest.submit("sleep", "{\"millis\":1500}");
    rest.await(first, "ongoing");
    long second = rest.submit("sleep", "{\"millis\":1}");
    rest.await(second, "queued", "succeeded");
    long claim = cluster.number("select coalesce(max(id), 0) from longshore.claim");
    try (ActiveMQConnectionFactory connections =
            new ActiveMQConnectionFactory(cluster.servers().brokerUrl());
        JMSContext context =
            connections.createContext(
                cluster.servers().brokerUser(), cluster.servers().brokerPassword())) {
      for (int i = 0; i < 5; i++) {
        context.createProducer().send(context.createQueue("longshore.long"), Long.toString(claim));
      }
      rest.await(second, "succeeded");
      // Behind the copies, so that all of them have been received when it has run.
      rest.await(rest.submit("sleep", "{\"millis\":1}"), "succeeded");
    }
    assertThat(cluster.number("select count(*) from longshore.attempt where task_id = " + second))
        .isEqualTo(1);
  }
}
