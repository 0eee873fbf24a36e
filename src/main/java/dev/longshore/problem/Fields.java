package dev.longshore.problem;

import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Takes the members of an object one by one and notes all that is wrong with them, so that one
 * answer names every bad field. A member that is absent or {@code null} reads as {@code null}.
 */
public final class Fields {

  private final JsonObject object;
  private final TreeSet<String> known = new TreeSet<>();
  private final List<Violation> violations = new ArrayList<>();

  public Fields(JsonObject object) {
    this.object = object;
  }

  public String text(String field) {
    JsonValue value = take(field);
    if (value instanceof JsonString string) {
      return string.getString();
    }
    return wrong(field, value, "a string");
  }

  /** A string, or a whole number as text. */
  public String textOrWhole(String field) {
    JsonValue value = take(field);
    if (value instanceof JsonString string) {
      return string.getString();
    }
    if (value instanceof JsonNumber number && number.isIntegral()) {
      return number.bigIntegerValue().toString();
    }
    return wrong(field, value, "a string or a whole number");
  }

  public Boolean bool(String field) {
    JsonValue value = take(field);
    if (value.equals(JsonValue.TRUE) || value.equals(JsonValue.FALSE)) {
      return value.equals(JsonValue.TRUE);
    }
    return wrong(field, value, "true or false");
  }

  public Integer whole(String field) {
    JsonValue value = take(field);
    if (value instanceof JsonNumber number) {
      try {
        return number.bigDecimalValue().intValueExact();
      } catch (ArithmeticException e) {
        violation(field, "must be a whole number, at most " + Integer.MAX_VALUE + ".");
        return null;
      }
    }
    return wrong(field, value, "a whole number");
  }

  public OffsetDateTime time(String field) {
    JsonValue value = take(field);
    if (value instanceof JsonString string) {
      try {
        return OffsetDateTime.parse(string.getString());
      } catch (DateTimeException e) {
        violation(
            field, "must be a time in ISO 8601 with an offset, such as 2030-01-31T12:00:00Z.");
        return null;
      }
    }
    return wrong(field, value, "a string with a time in ISO 8601");
  }

  /** Ids: whole numbers from 1. */
  public List<Long> ids(String field) {
    JsonValue value = take(field);
    if (!(value instanceof JsonArray array)) {
      return wrong(field, value, "an array of ids");
    }
    List<Long> ids = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      if (array.get(i) instanceof JsonNumber number
          && number.isIntegral()
          && number.bigDecimalValue().precision() < 19
          && number.longValue() > 0) {
        ids.add(number.longValue());
      } else {
        violation(field + "[" + i + "]", "must be the id of a task.");
      }
    }
    return ids;
  }

  public JsonArray array(String field) {
    JsonValue value = take(field);
    if (value instanceof JsonArray found) {
      return found;
    }
    return wrong(field, value, "an array");
  }

  public JsonObject object(String field) {
    JsonValue value = take(field);
    if (value instanceof JsonObject found) {
      return found;
    }
    return wrong(field, value, "an object");
  }

  /** Notes something that is wrong. */
  public void violation(String field, String message) {
    violations.add(new Violation(field, message));
  }

  /** Whether something wrong was noted for the field. */
  public boolean isWrong(String field) {
    return violations.stream().anyMatch(v -> v.field().equals(field));
  }

  /**
   * To be called after all members were taken.
   *
   * @throws InvalidInput naming every bad field, and every one that nobody took
   */
  public void done() {
    for (String name : object.keySet()) {
      if (!known.contains(name)) {
        String shown = name.length() <= 100 ? name : name.substring(0, 100) + "…";
        violation(shown, "is not known here; known are " + String.join(", ", known) + ".");
      }
    }
    if (!violations.isEmpty()) {
      throw InvalidInput.unfit(violations);
    }
  }

  private JsonValue take(String field) {
    known.add(field);
    return object.getOrDefault(field, JsonValue.NULL);
  }

  private <T> T wrong(String field, JsonValue value, String wanted) {
    if (value != JsonValue.NULL) {
      violation(field, "must be " + wanted + ", not " + JsonText.kind(value) + ".");
    }
    return null;
  }
}
