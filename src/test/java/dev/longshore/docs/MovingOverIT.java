package dev.longshore.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.local.Servers;
import dev.longshore.story.Archives;
import dev.longshore.story.TestServers;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The steps by which docs/event-workers.md moves an existing worker over, as they stand there: each
 * order has its invoice, once, while orders keep coming.
 */
@ExtendWith(ArquillianExtension.class)
@Execution(ExecutionMode.SAME_THREAD)
class MovingOverIT {

  private static WebArchive invoices;

  @ArquillianResource private Deployer deployer;

  private final PGSimpleDataSource database = database();

  /** Makes the schema; the next build has the new worker. */
  @Deployment(name = "before", managed = false, testable = false)
  static WebArchive before() {
    return Archives.longshore("before.war");
  }

  @Deployment(name = "invoices", managed = false, testable = false)
  static WebArchive invoices() {
    invoices = Archives.longshore("invoices.war").addClasses(WriteInvoices.class);
    return invoices;
  }

  @AfterEach
  void drop() throws SQLException {
    execute(
        """
        drop table if exists events cascade;
        drop table if exists invoices;
        drop function if exists append_event();
        delete from longshore.event_worker where name = 'invoices';
        """);
  }

  @Test
  void eachOrderHasItsInvoiceOnce() throws Exception {
    deployer.deploy("before");
    execute(
        """
        create table events (id bigint generated always as identity, name text, body jsonb);
        create table invoices (body jsonb, n bigint generated always as identity);
        """);
    Thread poller = new Thread(new InvoicePoller(database), "poller");
    poller.start();
    order(1, 50);
    awaitInvoices(50);

    execute(block("lock table events")); // while it runs on
    order(51, 60);
    awaitInvoices(60);
    poller.interrupt();
    poller.join();
    long last = number("select max(id) from events");
    String begin = block("coalesce(min(id) filter").replace("> 0", "> " + last);
    assertThat(begin).contains("> " + last);
    long start = number(begin);
    order(61, 80);

    invoices.addAsResource(
        new StringAsset("longshore.event-worker.invoices.start=" + start + "\n"),
        "META-INF/microprofile-config.properties");
    deployer.undeploy("before");
    deployer.deploy("invoices");
    try {
      order(81, 100);
      awaitInvoices(100);
      assertThat(number("select count(distinct body ->> 'order') from invoices")).isEqualTo(100);
      // In the order of the events, and nothing of what came before is done again.
      assertThat(
              number(
                  "select count(*) from (select n, row_number() over (order by (body ->> 'order')::int) as o"
                      + " from invoices) i where n <> o"))
          .isZero();
    } finally {
      deployer.undeploy("invoices");
    }
  }

  private static String block(String with) throws Exception {
    List<String> found =
        EventWorkersDocTest.blocks("sql").stream().filter(block -> block.contains(with)).toList();
    assertThat(found).hasSize(1);
    return found.get(0);
  }

  /** Events of orders, and others between them that nobody writes an invoice for. */
  private void order(int from, int to) throws SQLException {
    for (int order = from; order <= to; order++) {
      execute(
          """
          insert into events (name, body) values ('order/paid', '{"order": %1$d}'),
              ('order/seen', '{"order": %1$d}')
          """
              .formatted(order));
    }
  }

  private void awaitInvoices(long count) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> number("select count(*) from invoices") >= count);
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private long number(String sql) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  private static PGSimpleDataSource database() {
    Servers servers = TestServers.servers();
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(servers.dbUrl());
    source.setUser(servers.dbUser());
    source.setPassword(servers.dbPassword());
    return source;
  }
}
