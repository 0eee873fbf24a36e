package dev.longshore.workload.diagnostic;

import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.math.BigDecimal;

/** Reads the numbers of a payload. */
final class Parameter {

  /** The payload asks for what cannot be; no attempt can do better. */
  static final class Wrong extends Exception {
    Wrong(String message) {
      super(message);
    }
  }

  private Parameter() {}

  /**
   * A whole number of 0 or more.
   *
   * @param otherwise when the payload does not name it
   */
  static int whole(JsonObject payload, String name, int otherwise) throws Wrong {
    JsonValue value = payload.getOrDefault(name, JsonValue.NULL);
    if (value == JsonValue.NULL) {
      return otherwise;
    }
    if (value instanceof JsonNumber number) {
      BigDecimal given = number.bigDecimalValue();
      if (given.signum() >= 0
          && given.compareTo(BigDecimal.valueOf(Integer.MAX_VALUE)) <= 0
          && given.stripTrailingZeros().scale() <= 0) {
        return given.intValueExact();
      }
    }
    throw new Wrong("\"" + name + "\" is " + value + " and must be a whole number of 0 or more.");
  }
}
