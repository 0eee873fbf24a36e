package dev.longshore.cli;

import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * {@code snapshot}: what another session costs that holds an old snapshot open, so that no vacuum
 * can remove what has become dead since.
 *
 * <p>Autovacuum looks once a minute, and takes a core for some seconds when it finds the dead of
 * such drains: with three drains it fell now into those with the snapshot and now into those
 * without, and the ratio was anything from 0.6 to 1.1. Fifteen take about a minute.
 *
 * <dl>
 *   <dt>{@code without}, {@code with}
 *   <dd>the drain with the median rate of fifteen each; those with the snapshot follow each other,
 *       so that what is dead piles up
 *   <dt>{@code ratio}
 *   <dd>of the tasks a second of all drains with it to those of all without
 *   <dt>{@code lastRatio}
 *   <dd>the same of the last five with the snapshot
 *   <dt>{@code heldTransactions}
 *   <dd>how many had changed something by the end that the snapshot had not seen: what they left
 *       dead had to stay
 * </dl>
 */
final class SnapshotBench {

  private static final int DRAINS = 15;
  private static final int LAST = 5;

  private SnapshotBench() {}

  static JsonObjectBuilder run(BenchNode node, BenchWork work) {
    node.say("Drains of " + work.tasks() + " " + work.type() + " tasks without an old snapshot.");
    Drain warm = Drain.of(node, "warm", work.template(), work.tasks());
    List<Drain> without = Drain.several(DRAINS, node, "without", work.template(), work.tasks());
    node.say("The same with one held open.");
    List<Drain> with;
    long held;
    try (Connection other = node.connect();
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      other.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      statement.execute("select count(*) from longshore.task_type");
      with = Drain.several(DRAINS, node, "with", work.template(), work.tasks());
      held = transactionsSinceSnapshot(statement);
      other.rollback();
    } catch (SQLException e) {
      throw BenchNode.failed(e);
    }
    double before = Drain.perSecond(without);
    return Json.createObjectBuilder()
        .add("type", work.type())
        .add("tasks", work.tasks())
        .add("ratio", Percentiles.round(Drain.perSecond(with) / before))
        .add(
            "lastRatio",
            Percentiles.round(Drain.perSecond(with.subList(DRAINS - LAST, DRAINS)) / before))
        .add("heldTransactions", held)
        .add("without", Drain.median(without).toJson())
        .add("with", Drain.median(with).toJson())
        .add("failed", warm.failed() + Drain.failed(without) + Drain.failed(with));
  }

  private static long transactionsSinceSnapshot(Statement statement) throws SQLException {
    try (ResultSet row =
        statement.executeQuery(
            "select age(backend_xmin) from pg_stat_activity where pid = pg_backend_pid()")) {
      row.next();
      return row.getLong(1);
    }
  }
}
