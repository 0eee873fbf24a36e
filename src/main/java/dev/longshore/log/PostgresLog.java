package dev.longshore.log;

import dev.longshore.db.Sql;
import dev.longshore.problem.InvalidInput;
import dev.longshore.problem.TooLarge;
import dev.longshore.task.Payloads;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import jakarta.transaction.Transactional;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The log in {@code longshore.message}. */
@ApplicationScoped
class PostgresLog implements MessageLog {

  private static final int SLICE = 500;

  /** What a page holds at most, as text, but for its last message. */
  private static final int PAGE_BYTES = 4 << 20;

  @Inject private Sql sql;
  @Inject private Payloads payloads;

  @Inject
  @ConfigProperty(name = "longshore.payload.limit", defaultValue = "1048576")
  private int limit;

  @Override
  @Transactional
  public long append(String name, JsonObject payload) {
    return append(new NewMessage(name, payload));
  }

  @Override
  @Transactional
  public long append(String name, JsonObject payload, JsonObject metadata) {
    return append(new NewMessage(name, payload, metadata));
  }

  @Override
  @Transactional
  public long append(String name, Object payload) {
    JsonObject json =
        payloads
            .write(payload)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "A message's payload is a JSON object, and JSON-B makes none of "
                            + (payload == null ? "null" : "a " + payload.getClass().getName())));
    return append(new NewMessage(name, json));
  }

  private long append(NewMessage message) {
    check(message);
    return sql.first(
            """
            insert into longshore.message (name, payload, metadata)
            values (?, ?::jsonb, ?::jsonb) returning id
            """,
            row -> row.getLong(1),
            message.name(),
            text(message.payload()),
            text(message.metadata()))
        .orElseThrow();
  }

  @Override
  @Transactional
  public long append(Iterable<NewMessage> messages) {
    long n = 0;
    List<NewMessage> slice = new ArrayList<>();
    for (NewMessage message : messages) {
      try {
        check(message);
      } catch (InvalidInput e) {
        throw e.at("index", n);
      } catch (TooLarge e) {
        throw e.at("index", n);
      }
      n++;
      slice.add(message);
      if (slice.size() == SLICE) {
        insert(slice);
      }
    }
    insert(slice);
    return n;
  }

  private void insert(List<NewMessage> slice) {
    if (!slice.isEmpty()) {
      sql.update(
          """
          insert into longshore.message (name, payload, metadata)
          select m.name, m.payload::jsonb, m.metadata::jsonb
          from unnest(?, ?, ?) with ordinality as m (name, payload, metadata, n) order by m.n
          """,
          slice.stream().map(NewMessage::name).toArray(String[]::new),
          slice.stream().map(m -> text(m.payload())).toArray(String[]::new),
          slice.stream().map(m -> text(m.metadata())).toArray(String[]::new));
      slice.clear();
    }
  }

  @Override
  public Optional<Message> find(long id) {
    return id <= readable()
        ? sql.first(
            "select " + MessageRow.COLUMNS + " from longshore.message m where id = ?",
            MessageRow::of,
            id)
        : Optional.empty();
  }

  @Override
  public List<Message> page(String name, long after, int limit) {
    long readable = readable(); // before the rows are read
    String query =
        """
        select f.id, f.name, f.payload, f.metadata, f.created_at
        from longshore.messages_that_fit(array(
            select m.id from longshore.message m where m.id > ? and m.id <= ? %s
            order by m.id limit %d), %d) f
        order by f.id
        """
            .formatted(name == null ? "" : "and m.name = ?", limit, PAGE_BYTES);
    return name == null
        ? sql.list(query, MessageRow::of, after, readable)
        : sql.list(query, MessageRow::of, after, readable, name);
  }

  @Override
  public long readable() {
    return sql.first("select longshore.readable_messages()", row -> row.getLong(1)).orElseThrow();
  }

  private void check(NewMessage message) {
    String wrong = MessageRules.wrongName(message.name());
    if (wrong != null) {
      throw InvalidInput.unfit("name", wrong);
    }
    checkSize("payload", message.payload());
    checkSize("metadata", message.metadata());
  }

  private void checkSize(String field, JsonObject json) {
    // A character is at most three bytes: only long texts are counted.
    String text = text(json);
    if (text.length() > limit / 3 && text.getBytes(StandardCharsets.UTF_8).length > limit) {
      throw new TooLarge(
          field, "is longer than the " + limit + " bytes that longshore.payload.limit allows.");
    }
  }

  private static String text(JsonObject json) {
    return json == null ? JsonValue.EMPTY_JSON_OBJECT.toString() : json.toString();
  }
}
