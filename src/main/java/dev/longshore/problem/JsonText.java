package dev.longshore.problem;

import jakarta.json.JsonArray;
import jakarta.json.JsonConfig;
import jakarta.json.JsonException;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
import jakarta.json.stream.JsonLocation;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParserFactory;
import jakarta.json.stream.JsonParsingException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON from outside strictly: UTF-8 only, one value, no member twice, and nothing that {@code
 * jsonb} could not keep as it was sent.
 */
public final class JsonText {

  /** Deeper values are refused: the parser and PostgreSQL both have a stack to lose. */
  static final int DEEPEST = 100;

  /**
   * More decimal places than a double can have are refused: PostgreSQL writes 1e131000 out in
   * 131,001 digits.
   */
  static final int DIGITS = 400;

  // Looking the provider up goes through the service loader each time: too dear for a line in bulk.
  private static final JsonParserFactory PARSERS =
      JsonProvider.provider()
          .createParserFactory(Map.of(JsonConfig.KEY_STRATEGY, JsonConfig.KeyStrategy.NONE));

  private JsonText() {}

  /**
   * The object that the bytes say.
   *
   * @throws InvalidInput malformed when they are no JSON in UTF-8, with line and column; unfit when
   *     it is no object, or has strings or numbers that PostgreSQL cannot keep
   */
  public static JsonObject object(byte[] utf8) {
    if (utf8.length == 0) {
      throw InvalidInput.malformed("", "The body is empty; a JSON object is expected.");
    }
    JsonValue value = parse(decode(utf8));
    if (!(value instanceof JsonObject object)) {
      throw InvalidInput.unfit("", "A JSON object is expected, not " + kind(value) + ".");
    }
    List<Violation> violations = new ArrayList<>();
    check(object, "", 0, violations);
    if (!violations.isEmpty()) {
      throw InvalidInput.unfit(violations);
    }
    return object;
  }

  /** What a value is, in words: {@code a string}. */
  public static String kind(JsonValue value) {
    return switch (value.getValueType()) {
      case ARRAY -> "an array";
      case OBJECT -> "an object";
      case STRING -> "a string";
      case NUMBER -> "a number";
      case TRUE, FALSE -> "a boolean";
      case NULL -> "null";
    };
  }

  private static String decode(byte[] utf8) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException e) {
      throw InvalidInput.malformed("", "The body is not UTF-8.");
    }
  }

  private static JsonValue parse(String text) {
    try (JsonParser parser = PARSERS.createParser(new StringReader(text))) {
      if (!parser.hasNext()) {
        throw InvalidInput.malformed("", "The body is empty; a JSON object is expected.");
      }
      parser.next();
      JsonValue value = parser.getValue();
      parser.hasNext(); // throws when something follows the value
      return value;
    } catch (JsonParsingException e) {
      throw InvalidInput.malformed("", "The body is not JSON: " + words(e) + ".");
    } catch (JsonException | IllegalStateException | UnsupportedOperationException e) {
      throw InvalidInput.malformed("", "The body is not JSON: " + e.getMessage() + ".");
    } catch (InvalidInput e) {
      throw e;
    } catch (RuntimeException e) {
      // Parsson says so of input nested deeper than its own limit, with no class of its own for it.
      throw InvalidInput.malformed("", "The body cannot be read: " + e.getMessage() + ".");
    }
  }

  private static String words(JsonParsingException e) {
    JsonLocation at = e.getLocation();
    String message = e.getMessage();
    int location = message.indexOf(" at (line no=");
    if (location >= 0) {
      int end = message.indexOf(')', location);
      message = message.substring(0, location) + message.substring(end + 1);
    }
    message = message.strip().replaceAll("[.\\s]+$", "").replaceAll("\\p{Cntrl}", " ");
    return message + " at line " + at.getLineNumber() + ", column " + at.getColumnNumber();
  }

  private static void check(JsonValue value, String path, int depth, List<Violation> violations) {
    if (depth > DEEPEST) {
      violations.add(new Violation(shorten(path), "is nested deeper than " + DEEPEST + " levels."));
    } else if (value instanceof JsonObject object) {
      object.forEach(
          (name, member) -> {
            String at = path.isEmpty() ? name : path + "." + name;
            checkText(name, at, violations);
            check(member, at, depth + 1, violations);
          });
    } else if (value instanceof JsonArray array) {
      for (int i = 0; i < array.size(); i++) {
        check(array.get(i), path + "[" + i + "]", depth + 1, violations);
      }
    } else if (value instanceof JsonString string) {
      checkText(string.getString(), path, violations);
    } else if (value instanceof JsonNumber number) {
      checkNumber(number, path, violations);
    }
  }

  private static void checkText(String text, String path, List<Violation> violations) {
    String wrong = unstorable(text);
    if (wrong != null) {
      violations.add(new Violation(shorten(path), wrong));
    }
  }

  /** Why PostgreSQL could not keep the text, as a violation's message; {@code null} if it can. */
  public static String unstorable(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0) {
        return "contains the character U+0000, which PostgreSQL cannot store.";
      }
      if (Character.isSurrogate(c)) {
        if (Character.isLowSurrogate(c)
            || i + 1 == text.length()
            || !Character.isLowSurrogate(text.charAt(i + 1))) {
          return "contains half of a surrogate pair, which is no character.";
        }
        i++;
      }
    }
    return null;
  }

  private static void checkNumber(JsonNumber number, String path, List<Violation> violations) {
    BigDecimal value = number.bigDecimalValue();
    long before = (long) value.precision() - value.scale();
    if (before > DIGITS || value.scale() > DIGITS) {
      violations.add(
          new Violation(
              shorten(path), "has more than " + DIGITS + " digits before or after its point."));
    }
  }

  /** A path is the sender's text: what is echoed stays short and printable. */
  private static String shorten(String path) {
    String printable = path.replaceAll("[\\p{Cntrl}\\p{Cs}]", "?");
    return printable.length() <= 200 ? printable : printable.substring(0, 200) + "…";
  }
}
