package dev.longshore.log.worker;

import dev.longshore.db.Sql;
import dev.longshore.log.Message;
import dev.longshore.log.MessageRow;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Optional;

/**
 * The statements that look for something to do. Outside of the chunk's transaction: a worker that
 * finds nothing waits in that, and would hold its connection meanwhile.
 */
@ApplicationScoped
@Transactional(Transactional.TxType.NOT_SUPPORTED)
class Unread {

  /** How many messages are held in memory, at most. */
  private static final int PAGE = 500;

  /** And of how many bytes, as text; the last one may go beyond. Many workers read at once. */
  private static final int PAGE_BYTES = 1 << 20;

  /**
   * The ids of each name are a range of the index; the rows are read of those that are next. One
   * range over all names would be sorted anew for every page.
   */
  private static final String NEXT =
      """
      select f.id, f.name, f.payload, f.metadata, f.created_at, f.total
      from longshore.messages_that_fit(array(
          select o.id from unnest(?) n (name) cross join lateral (
              select i.id from longshore.message i
              where i.name = n.name and i.id > ? and i.id <= ? order by i.id limit ?) o
          order by o.id limit ?), ?) f
      order by f.id
      """;

  @Inject private Sql sql;

  /**
   * A worker's next messages.
   *
   * @param all whether there are no more
   */
  record Page(List<Message> messages, boolean all) {
    static final Page EMPTY = new Page(List.of(), true);
  }

  /** What comes next for the worker, behind an id and up to another. */
  Page page(WorkerDeclaration worker, long after, long to) {
    long[] bytes = new long[1];
    List<Message> messages =
        sql.list(
            NEXT,
            row -> {
              bytes[0] = row.getLong(6);
              return MessageRow.of(row);
            },
            worker.messages().toArray(String[]::new),
            after,
            to,
            PAGE,
            PAGE,
            PAGE_BYTES);
    return new Page(messages, messages.size() < PAGE && bytes[0] < PAGE_BYTES);
  }

  /** A dead letter whose replay was asked for. */
  Optional<Item> replay(String worker) {
    return sql.first(
        """
        select m.message_id, m.name, m.payload::text, m.metadata::text, m.created_at, m.id,
            m.attempts
        from longshore.dead_letter m
        where m.worker = ? and m.replay_at is not null order by m.replay_at, m.id limit 1
        """,
        row ->
            new Item(Item.Kind.DEAD_LETTER, MessageRow.of(row), row.getLong(6), row.getInt(7) + 1),
        worker);
  }
}
