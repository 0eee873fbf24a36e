package dev.longshore.edge.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.engine.EngineTestSupport;
import jakarta.annotation.Resource;
import jakarta.enterprise.inject.spi.CDI;
import jakarta.enterprise.inject.spi.Unmanaged;
import jakarta.transaction.UserTransaction;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** What a node says of itself while it does not work, or not yet. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HealthIT extends EngineTestSupport {

  private static final String VERSION =
      "select version from longshore.schema_version order by installed_rank desc limit 1";

  @Resource(lookup = "java:comp/UserTransaction")
  private UserTransaction transaction;

  @Deployment
  static WebArchive archive() {
    return archive(HealthIT.class);
  }

  @Test
  @Order(1)
  void aNodeHasNotStartedBeforeItsSchemaIsThereAndReadable() throws Exception {
    HealthCheck check = fresh(Migrated.class);
    assertDown(
        during("update longshore.schema_version set success = false", check),
        "No migration has run");
    assertDown(
        during("alter table longshore.schema_version rename to elsewhere", check),
        "The schema cannot be read: ");
    assertUp(check.call(), "version", text(VERSION));
    // Once started is always started.
    assertThat(
            during("alter table longshore.schema_version rename to elsewhere", check).getStatus())
        .isEqualTo(Status.UP);
  }

  @Test
  @Order(2)
  void aNodeIsNotReadyBeforeItHasRecoveredItsEarlierLife() throws Exception {
    HealthCheck check = fresh(WorkerReady.class);
    assertUp(check.call(), "id", worker.id());
    worker.recovered(worker.run() - 1);
    assertDown(check.call(), "This node has not yet recovered what an earlier life of it left");
    worker.recovered(worker.run());
    assertUp(check.call(), "id", worker.id());
  }

  /** The last one: no node takes that back. */
  @Test
  @Order(3)
  void aNodeIsNotReadyWhenItStops() throws Exception {
    worker.stopTakingWork();
    assertDown(fresh(WorkerReady.class).call(), "This node is stopping and takes no more work");
  }

  /** As a node has it that has just been started. */
  private static <T> T fresh(Class<T> check) {
    return new Unmanaged<>(CDI.current().getBeanManager(), check)
        .newInstance()
        .produce()
        .inject()
        .postConstruct()
        .get();
  }

  /** What the check says in a transaction in which that was done. */
  private HealthCheckResponse during(String change, HealthCheck check) throws Exception {
    transaction.begin();
    try {
      sql.update(change);
      return check.call();
    } finally {
      transaction.rollback();
    }
  }

  private static void assertUp(HealthCheckResponse answer, String field, String value) {
    assertThat(answer.getStatus()).isEqualTo(Status.UP);
    assertThat(answer.getData())
        .hasValueSatisfying(data -> assertThat(data).containsEntry(field, value));
  }

  private static void assertDown(HealthCheckResponse answer, String why) {
    assertThat(answer.getStatus()).isEqualTo(Status.DOWN);
    assertThat(answer.getData().map(data -> data.get("missing").toString()))
        .hasValueSatisfying(missing -> assertThat(missing).startsWith(why));
  }
}
