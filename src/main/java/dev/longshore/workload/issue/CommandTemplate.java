package dev.longshore.workload.issue;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A command whose words were split once. {@code {id}} and {@code {description}} are filled in after
 * that, each inside its word: whatever a description holds, it never becomes a word of its own.
 *
 * <p>Words are quoted as in the POSIX shell (XCU 2.2): single quotes keep everything, double quotes
 * everything but {@code \"} and {@code \\}, a backslash outside of quotes keeps the next character.
 * Nothing else of a shell is known: no variables, no globs, no pipes.
 */
record CommandTemplate(List<String> words) {

  private static final Pattern PLACE = Pattern.compile("\\{(id|description)}");

  CommandTemplate {
    words = List.copyOf(words);
    if (words.isEmpty()) {
      throw new IllegalArgumentException("it has no words");
    }
    if (words.get(0).isEmpty()) {
      throw new IllegalArgumentException("its first word, the program, is empty");
    }
    if (PLACE.matcher(words.get(0)).find()) {
      throw new IllegalArgumentException(
          "its first word is " + words.get(0) + ": an issue must not choose the program");
    }
  }

  /**
   * Splits the text.
   *
   * @throws IllegalArgumentException saying in the middle of a sentence what is wrong with it
   */
  static CommandTemplate of(String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = null; // null between words; a pair of quotes is a word, even an empty one
    char quote = 0;
    int opened = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quote == 0 && Character.isWhitespace(c)) {
        if (word != null) {
          words.add(word.toString());
        }
        word = null;
        continue;
      }
      word = word == null ? new StringBuilder() : word;
      if (c == quote) {
        quote = 0;
      } else if (quote == 0 && (c == '\'' || c == '"')) {
        quote = c;
        opened = i;
      } else if (c == '\\' && escapes(text, i, quote)) {
        word.append(text.charAt(++i));
      } else {
        word.append(c);
      }
    }
    if (quote != 0) {
      throw new IllegalArgumentException(
          "the quote " + quote + " at position " + (opened + 1) + " is not closed");
    }
    if (word != null) {
      words.add(word.toString());
    }
    return new CommandTemplate(words);
  }

  private static boolean escapes(String text, int at, char quote) {
    if (quote == '\'') {
      return false;
    }
    if (at + 1 == text.length()) {
      throw new IllegalArgumentException("it ends in a backslash");
    }
    return quote == 0 || text.charAt(at + 1) == '"' || text.charAt(at + 1) == '\\';
  }

  /** The words for one issue. */
  List<String> fill(int id, String description) {
    return words.stream().map(word -> fill(word, id, description)).toList();
  }

  // In one pass: a description that says {id} is left as it is.
  private static String fill(String word, int id, String description) {
    return PLACE
        .matcher(word)
        .replaceAll(
            place ->
                Matcher.quoteReplacement(
                    place.group(1).equals("id") ? Integer.toString(id) : description));
  }
}
