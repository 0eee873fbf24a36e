package dev.longshore.problem;

import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Query parameters: each at most once, none that is not known, and pages of a bounded size. */
public final class Query {

  static final int DEFAULT_LIMIT = 100;
  static final int HIGHEST_LIMIT = 1000;

  private Query() {}

  /**
   * @throws InvalidInput naming a parameter that is not known (a slip there would silently list
   *     everything), is given twice, or has no value
   */
  public static void check(UriInfo uri, Set<String> known) {
    uri.getQueryParameters()
        .forEach(
            (name, values) -> {
              String wrong = wrong(name, values, known);
              if (wrong != null) {
                throw bad(name, wrong);
              }
            });
  }

  private static String wrong(String name, List<String> values, Set<String> known) {
    if (!known.contains(name)) {
      return "is not a parameter here; there are " + String.join(", ", new TreeSet<>(known)) + ".";
    }
    if (values.size() > 1) {
      return "is given more than once.";
    }
    return values.get(0).isEmpty() ? "has no value." : JsonText.unstorable(values.get(0));
  }

  /** How many items a page is to have; {@link #DEFAULT_LIMIT} when nothing is said. */
  public static int limit(String text) {
    try {
      int limit = text == null ? DEFAULT_LIMIT : Integer.parseInt(text);
      if (limit >= 1 && limit <= HIGHEST_LIMIT) {
        return limit;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw bad("limit", "must be a whole number from 1 to " + HIGHEST_LIMIT + ".");
  }

  /** The id that the page before ended with; {@code null} for the first page. */
  public static Long after(String text) {
    if (text == null) {
      return null;
    }
    try {
      long after = Long.parseLong(text);
      if (after > 0) {
        return after;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw bad("after", "must be the number that the page before gave as next.");
  }

  public static InvalidInput bad(String name, String message) {
    return InvalidInput.malformed(name, message);
  }
}
