package dev.longshore.cli;

import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** The argument of {@code --payload}: JSON, {@code @file}, or {@code @-} for standard input. */
final class Payload {

  private Payload() {}

  /**
   * Reads it.
   *
   * @throws CommandException when it can't be read or is no JSON object
   */
  static JsonObject read(String argument, InputStream in) {
    String text = argument.startsWith("@") ? content(argument.substring(1), in) : argument;
    try (JsonReader reader = Json.createReader(new StringReader(text))) {
      JsonValue value = reader.readValue();
      if (value.getValueType() == JsonValue.ValueType.OBJECT) {
        return value.asJsonObject();
      }
      throw refused(
          "is a JSON " + value.getValueType().toString().toLowerCase() + ", not an object");
    } catch (JsonException e) {
      throw refused("is no JSON (" + e.getMessage() + ")");
    }
  }

  private static String content(String file, InputStream in) {
    try {
      return file.equals("-")
          ? new String(in.readAllBytes(), StandardCharsets.UTF_8)
          : Files.readString(Path.of(file));
    } catch (IOException | InvalidPathException e) {
      throw refused("cannot be read from " + file + " (" + e + ")");
    }
  }

  private static CommandException refused(String reason) {
    return new CommandException(
        Longshore.BAD_INPUT, "The payload " + reason + ", nothing was submitted.");
  }
}
