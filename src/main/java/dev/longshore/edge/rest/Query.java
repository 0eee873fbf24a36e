package dev.longshore.edge.rest;

import dev.longshore.problem.InvalidInput;
import dev.longshore.problem.JsonText;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The query parameters of a request, each at most once and none that is not known. */
class Query {

  static final int DEFAULT_LIMIT = 100;
  static final int HIGHEST_LIMIT = 1000;

  private final Map<String, List<String>> parameters;

  /**
   * @param known the parameters there are
   * @throws InvalidInput naming a parameter that is not known, is given twice, or has no value
   */
  Query(UriInfo uri, Set<String> known) {
    parameters = uri.getQueryParameters();
    parameters.forEach(
        (name, values) -> {
          if (!known.contains(name)) {
            throw bad(
                name,
                "is not a parameter here; there are " + String.join(", ", sorted(known)) + ".");
          }
          if (values.size() > 1) {
            throw bad(name, "is given more than once.");
          }
          if (values.get(0).isEmpty()) {
            throw bad(name, "has no value.");
          }
          String unstorable = JsonText.unstorable(values.get(0));
          if (unstorable != null) {
            throw bad(name, unstorable);
          }
        });
  }

  /** The value, or {@code null}. */
  String text(String name) {
    List<String> values = parameters.get(name);
    return values == null || values.isEmpty() ? null : values.get(0);
  }

  /** How many items a page is to have. */
  int limit() {
    String text = text("limit");
    if (text == null) {
      return DEFAULT_LIMIT;
    }
    try {
      int limit = Integer.parseInt(text);
      if (limit >= 1 && limit <= HIGHEST_LIMIT) {
        return limit;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw bad("limit", "must be a whole number from 1 to " + HIGHEST_LIMIT + ".");
  }

  /** The id that the page before ended with, or {@code null} for the first page. */
  Long after() {
    String text = text("after");
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

  static InvalidInput bad(String name, String message) {
    return InvalidInput.malformed(name, message);
  }

  private static Set<String> sorted(Set<String> names) {
    return new TreeSet<>(names);
  }
}
