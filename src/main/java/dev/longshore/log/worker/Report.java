package dev.longshore.log.worker;

import dev.longshore.log.MessageRow;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.spi.JsonProvider;
import java.util.List;
import java.util.Locale;

/** What the node that runs a worker says of it, as the other nodes read it. */
record Report(
    Health health,
    double messagesPerSecond,
    long errorsPerMinute,
    double handlerMillis,
    String lastError) {

  private static final JsonProvider JSON = JsonProvider.provider();

  static Report of(Vitals vitals) {
    return new Report(
        vitals.health(),
        Math.round(vitals.messagesPerSecond() * 10) / 10.0,
        vitals.errorsPerMinute(),
        Math.round(vitals.handlerMillis() * 100) / 100.0,
        vitals.lastError());
  }

  String json() {
    JsonObjectBuilder json =
        JSON.createObjectBuilder()
            .add("health", health.status().label())
            .add("reasons", JSON.createArrayBuilder(health.reasons()))
            .add("messagesPerSecond", messagesPerSecond)
            .add("errorsPerMinute", errorsPerMinute)
            .add("handlerMillis", handlerMillis);
    if (lastError != null) {
      json.add("lastError", lastError);
    }
    return json.build().toString().replace("\\u0000", "\\ufffd"); // which no jsonb holds
  }

  static Report of(String text) {
    JsonObject json = MessageRow.json(text);
    List<String> reasons =
        json.getJsonArray("reasons").getValuesAs(JsonString.class).stream()
            .map(JsonString::getString)
            .toList();
    return new Report(
        new Health(
            Health.Status.valueOf(json.getString("health").toUpperCase(Locale.ROOT)), reasons),
        json.getJsonNumber("messagesPerSecond").doubleValue(),
        json.getInt("errorsPerMinute"),
        json.getJsonNumber("handlerMillis").doubleValue(),
        json.getString("lastError", null));
  }
}
