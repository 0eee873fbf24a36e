package dev.longshore.story;

import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Wake-ups are hints: without them the timer does it. */
class LostWakeUpIT {

  @Test
  void workRunsByTheTimerWhileTheChannelIsCutAgainAndAgain() throws Exception {
    try (Cluster cluster = Cluster.named("lost-wake")) {
      cluster.node("deaf", Map.of("LONGSHORE_CLAIM_INTERVAL", "PT1S"));
      AtomicBoolean over = new AtomicBoolean();
      Thread cutter =
          new Thread(
              () -> {
                while (!over.get()) {
                  try {
                    cluster.query(
                        """
                        select pg_terminate_backend(pid) from pg_stat_activity
                        where application_name = 'longshore-wake' and datname = current_database()
                        """,
                        row -> row.getBoolean(1));
                  } catch (Exception e) {
                    throw new IllegalStateException(e);
                  }
                }
              });
      cutter.start();
      try {
        for (int i = 0; i < 3; i++) {
          cluster
              .rest()
              .await(cluster.number("select longshore.enqueue('noop', '{}')"), "succeeded");
        }
      } finally {
        over.set(true);
        cutter.join();
      }
    }
  }
}
