package dev.longshore.scaffold;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A worker's or task type's name, and what follows from it.
 *
 * @param text lower-case words joined by dots, dashes or underscores
 */
record Name(String text) {

  private static final int LONGEST = 60;

  /**
   * Takes {@code order-audit}, and {@code OrderAudit} for the same.
   *
   * @throws ScaffoldException when it is neither
   */
  static Name of(String given) {
    String text =
        given.matches("[A-Z][A-Za-z0-9]*")
            ? given.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(Locale.ROOT)
            : given;
    if (!text.matches("[a-z][a-z0-9]*([._-][a-z][a-z0-9]*)*") || text.length() > LONGEST) {
      throw new ScaffoldException(
          "\""
              + given
              + "\" is no name for it, nothing was written: give lower-case words joined by dots,"
              + " dashes or underscores, such as order-audit, "
              + LONGEST
              + " characters at most.");
    }
    return new Name(text);
  }

  /** {@code OrderAuditWorker}; a name that ends so already is left as it is. */
  String className(String suffix) {
    String words =
        Arrays.stream(text.split("[._-]"))
            .map(w -> Character.toUpperCase(w.charAt(0)) + w.substring(1))
            .collect(Collectors.joining());
    return words.endsWith(suffix) ? words : words + suffix;
  }

  /** {@code orderAudit}, for beans. */
  String bean() {
    String words = className("");
    return Character.toLowerCase(words.charAt(0)) + words.substring(1);
  }

  /** {@code orderaudit}, for a package. */
  String plain() {
    return text.replaceAll("[^a-z0-9]", "");
  }
}
