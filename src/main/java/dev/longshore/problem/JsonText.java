package dev.longshore.problem;

import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
          // Parsson's own name: the standard KEY_STRATEGY reaches readers only, and they do not see
          // what follows a value.
          .createParserFactory(Map.of("org.eclipse.parsson.rejectDuplicateKeys", true));

  private JsonText() {}

  /**
   * The object that a request's body is.
   *
   * @throws InvalidInput malformed when it is no JSON in UTF-8, with line and column; unfit when it
   *     is no object, or has strings or numbers that PostgreSQL cannot keep
   */
  public static JsonObject object(byte[] utf8) {
    return object(utf8, "body");
  }

  /**
   * The same of a part of a body.
   *
   * @param what what the sender calls it: body, line, element
   */
  public static JsonObject object(byte[] utf8, String what) {
    JsonValue value = parse(decode(utf8, what), what);
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

  private static String decode(byte[] utf8, String what) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException e) {
      throw InvalidInput.malformed("", "The " + what + " is not UTF-8.");
    }
  }

  private static JsonValue parse(String text, String what) {
    if (text.isBlank()) {
      throw InvalidInput.malformed("", "The " + what + " is empty; a JSON object is expected.");
    }
    try (JsonParser parser = PARSERS.createParser(new StringReader(text))) {
      parser.next();
      JsonValue value = parser.getValue();
      parser.hasNext(); // throws when something follows the value
      return value;
    } catch (JsonParsingException e) {
      throw InvalidInput.malformed(
          "", "The " + what + " is not JSON: " + words(e, text, what) + ".");
    } catch (RuntimeException e) {
      // What the parser has no class for: a member twice, too deep, a number beyond its limits.
      throw InvalidInput.malformed(
          "", "The " + what + " cannot be read: " + plain(e.getMessage()) + ".");
    }
  }

  /** The parser's message without the names of its tokens, and where it is. */
  private static String words(JsonParsingException e, String text, String what) {
    String message = e.getMessage().replaceAll(" at \\(line no=.*?\\)", "");
    long line = e.getLocation().getLineNumber();
    long column = e.getLocation().getColumnNumber();
    if (message.contains("token=EOF")
        || message.contains("char -1")) { // where that is the parser counts wrongly
      message = "it ends too early";
      line = 1 + text.chars().filter(c -> c == '\n').count();
      column = text.length() - text.lastIndexOf('\n');
    }
    Matcher character = Pattern.compile("Unexpected char ([\\d,.]+)").matcher(message);
    if (character.find()) {
      message = "unexpected " + shown(Integer.parseInt(character.group(1).replaceAll("\\D", "")));
    }
    String where = what.equals("line") ? " at column " : " at line " + line + ", column ";
    return plain(message) + where + column;
  }

  private static String shown(int code) {
    return Character.isISOControl(code) || Character.getType(code) == Character.FORMAT
        ? "U+%04X".formatted(code)
        : "'" + Character.toString(code) + "'";
  }

  private static String plain(String message) {
    return message.strip().replaceAll("[.\\s]+$", "").replaceAll("\\p{Cntrl}", " ");
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
