package dev.longshore.log.worker;

import dev.longshore.db.Listener;
import dev.longshore.db.Listener.Found;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import javax.sql.DataSource;

/** One session that looks at the end of the log, or hears of new messages (V020). */
class TailChannel implements AutoCloseable {

  private static final String LOOK =
      "select longshore.readable_messages(), longshore.last_message()";

  private static final String NEWS =
      "select name, max(id) from longshore.message where id > ? and id <= ? group by name";

  /** Of so many new messages the names are not asked for: every worker looks for itself. */
  private static final long MANY = 10_000;

  /** Looks may take a tenth of the time. */
  private static final long SHARE = 10;

  private static final Found SOME = new Found(true, 10);

  /** Messages are on their way: their transactions are open. */
  private static final Found APPENDING = new Found(false, 40);

  private final Listener listener;
  private final AtomicLong seen;
  private final AtomicLong told;
  private final Consumer<Map<String, Long>> news;
  private final PreparedStatement look;
  private final PreparedStatement names;

  TailChannel(
      DataSource dataSource, AtomicLong seen, AtomicLong told, Consumer<Map<String, Long>> news)
      throws SQLException {
    this.seen = seen;
    this.told = told;
    this.news = news;
    listener = new Listener(dataSource, "longshore_log", "longshore.log", SHARE);
    try {
      // Whoever looks at sessions tells them apart.
      listener.execute("set application_name = 'longshore-log'");
      look = listener.connection().prepareStatement(LOOK);
      names = listener.connection().prepareStatement(NEWS);
    } catch (SQLException | RuntimeException e) {
      listener.connection().close();
      throw e;
    }
  }

  /**
   * Tells what is new, for as long as the server runs.
   *
   * @throws SQLException when the connection is lost
   */
  void serve(BooleanSupplier stopped) throws SQLException {
    listener.serve(this::look, names -> {}, stopped);
  }

  /** Tells what is new since the last look. */
  Found look() throws SQLException {
    long readable;
    long last;
    try (ResultSet row = look.executeQuery()) {
      row.next();
      readable = row.getLong(1);
      last = row.getLong(2);
    }
    long before = seen.get();
    if (readable <= before) {
      return last > readable ? APPENDING : Listener.NOTHING;
    }
    Map<String, Long> found = new HashMap<>();
    if (readable - before <= MANY) {
      names.setLong(1, before);
      names.setLong(2, readable);
      try (ResultSet rows = names.executeQuery()) {
        while (rows.next()) {
          found.put(rows.getString(1), rows.getLong(2));
        }
      }
    }
    seen.set(readable);
    if (!found.isEmpty() || readable - before > MANY) {
      news.accept(found);
    }
    told.set(readable);
    return SOME;
  }

  @Override
  public void close() throws SQLException {
    try (listener) {
      listener.execute("reset application_name");
    }
  }
}
