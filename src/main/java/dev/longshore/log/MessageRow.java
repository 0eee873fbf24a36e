package dev.longshore.log;

import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonReaderFactory;
import jakarta.json.spi.JsonProvider;
import java.io.StringReader;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Map;

/** Makes a message of a row. */
public final class MessageRow {

  /** What {@link #of} reads, of a message {@code m}. */
  public static final String COLUMNS =
      "m.id, m.name, m.payload::text, m.metadata::text, m.created_at";

  private static final JsonReaderFactory READERS =
      JsonProvider.provider().createReaderFactory(Map.of());

  private MessageRow() {}

  public static Message of(ResultSet row) throws SQLException {
    return new Message(
        row.getLong(1),
        row.getString(2),
        json(row.getString(3)),
        json(row.getString(4)),
        row.getObject(5, OffsetDateTime.class));
  }

  /** A JSON object that the database has written. */
  public static JsonObject json(String text) {
    if (text.equals("{}")) {
      return JsonObject.EMPTY_JSON_OBJECT;
    }
    try (JsonReader reader = READERS.createReader(new StringReader(text))) {
      return reader.readObject();
    }
  }
}
