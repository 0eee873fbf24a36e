package dev.longshore.scaffold;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Files to be made of templates: all of them or none. */
final class NewFiles {

  private final Map<Path, String> texts = new LinkedHashMap<>();

  /**
   * @param template below {@code resources/scaffold}
   * @param values for {@code ${key}}; what has no value is left as it is
   */
  void add(Path file, String template, Map<String, String> values) {
    String text = read(template);
    for (Map.Entry<String, String> value : values.entrySet()) {
      text = text.replace("${" + value.getKey() + "}", value.getValue());
    }
    texts.put(file, text);
  }

  void addText(Path file, String text) {
    texts.put(file, text);
  }

  void addAll(NewFiles others) {
    texts.putAll(others.texts);
  }

  /**
   * @throws ScaffoldException when one of them is there already, or cannot be written
   */
  List<Path> write() {
    for (Path file : texts.keySet()) {
      if (Files.exists(file)) {
        throw new ScaffoldException(
            file + " is there already, nothing was written: choose another name, or move it away.");
      }
    }
    try {
      for (Map.Entry<Path, String> file : texts.entrySet()) {
        Files.createDirectories(file.getKey().getParent());
        Files.writeString(file.getKey(), file.getValue(), StandardOpenOption.CREATE_NEW);
      }
    } catch (IOException e) {
      throw new ScaffoldException("Not everything could be written: " + e, e);
    }
    return List.copyOf(texts.keySet());
  }

  private static String read(String template) {
    try (InputStream in = NewFiles.class.getResourceAsStream("/scaffold/" + template)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new ScaffoldException("The template " + template + " cannot be read: " + e, e);
    }
  }
}
