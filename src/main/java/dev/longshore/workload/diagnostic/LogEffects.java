package dev.longshore.workload.diagnostic;

import dev.longshore.db.Sql;
import dev.longshore.engine.worker.Worker;
import dev.longshore.log.Message;
import dev.longshore.log.worker.EventWorker;
import dev.longshore.log.worker.OnMessage;
import dev.longshore.log.worker.WorkerContext;
import jakarta.enterprise.inject.Vetoed;

/**
 * {@code diagnostic/effect {"name": s}}: a row in {@code longshore.effect_message}, in the
 * transaction that moves the worker's position; with {@code millis} it takes that long. {@code
 * diagnostic/fail} fails its first {@code times} attempts. {@code diagnostic/noop} does nothing.
 */
@Vetoed
@EventWorker(name = "diagnostic", description = "Leaves marks of the messages it handles.")
class LogEffects {

  /** The payload of both. */
  public record Order(String name, Integer times, long millis) {}

  private final Sql sql;
  private final Worker node;

  LogEffects(Sql sql, Worker node) {
    this.sql = sql;
    this.node = node;
  }

  @OnMessage("diagnostic/noop")
  void nothing() {}

  @OnMessage({"diagnostic/effect", "diagnostic/fail"})
  void effect(Order order, Message message, WorkerContext context) throws InterruptedException {
    sql.update(
        """
        insert into longshore.effect_message (message_id, name, node, replay)
        values (?, coalesce(?::text, ''), ?, ?)
        """,
        message.id(),
        order.name(),
        node.id(),
        context.isReplay());
    Thread.sleep(order.millis());
    boolean fails = message.name().equals("diagnostic/fail");
    if (fails && (order.times() == null || context.attempt() <= order.times())) {
      throw new IllegalStateException("Asked to fail, attempt " + context.attempt());
    }
  }
}
