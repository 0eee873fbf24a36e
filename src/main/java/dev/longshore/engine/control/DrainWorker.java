package dev.longshore.engine.control;

import dev.longshore.db.Sql;
import dev.longshore.problem.Conflict;
import dev.longshore.problem.NotFound;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Asks a node, by its row, to take no more work, or to take work again. It hears of that with its
 * next sign of life, within a second.
 */
@ApplicationScoped
public class DrainWorker {

  private static final Logger LOG = Logger.getLogger(DrainWorker.class.getName());

  @Inject private Sql sql;

  /**
   * Asks the node to drain. Asked again, the new time counts.
   *
   * @param timeout how long what it runs may go on before it is handed back; {@code null}: as the
   *     node is set
   * @param actor the user who asks
   * @throws NotFound when there is no such node
   * @throws Conflict when it does not run
   */
  @Transactional
  public void drain(String id, Duration timeout, String actor) {
    set(id, true, timeout == null ? null : timeout.toMillis() / 1000.0);
    LOG.log(Level.INFO, "{0} asked worker {1} to take no more work.", new Object[] {actor, id});
  }

  /**
   * Asks the node to take work again.
   *
   * @param actor the user who asks
   * @throws NotFound when there is no such node
   * @throws Conflict when it does not run
   */
  @Transactional
  public void undrain(String id, String actor) {
    set(id, false, null);
    LOG.log(Level.INFO, "{0} asked worker {1} to take work again.", new Object[] {actor, id});
  }

  private void set(String id, boolean draining, Double seconds) {
    int live =
        sql.update(
            """
            update longshore.worker set draining = ?, drain_seconds = ?::float8
            where id = ? and state = 'active' and lease_until > clock_timestamp()
            """,
            draining,
            seconds,
            id);
    if (live == 0) {
      String state =
          sql.first("select state from longshore.worker where id = ?", row -> row.getString(1), id)
              .orElseThrow(() -> new NotFound("worker", id));
      throw new Conflict(
          "Worker "
              + id
              + " does not run ("
              + (state.equals("active") ? "it gives no sign of life" : state)
              + "): nothing was changed. When it starts, it takes work.");
    }
  }
}
