package dev.longshore.edge.rest;

import dev.longshore.problem.InvalidInput;
import dev.longshore.problem.TooLarge;
import dev.longshore.problem.Violation;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import java.util.List;

/**
 * A failure as RFC 9457 writes it.
 *
 * @param type always {@code about:blank}: the status says which kind it is
 * @param detail what happened, and what to do about it
 * @param violations each bad field; written only where there are any
 * @param line in a bulk submission of lines: which one, from 1; else {@code null}
 * @param index in a bulk submission of an array: which element, from 0; else {@code null}
 */
record Problem(
    String type,
    String title,
    int status,
    String detail,
    List<Violation> violations,
    Long line,
    Long index) {

  static final String MEDIA_TYPE = "application/problem+json";

  static Problem of(int status, String detail) {
    return new Problem("about:blank", title(status), status, detail, List.of(), null, null);
  }

  static Problem of(int status, String detail, List<Violation> violations) {
    return new Problem("about:blank", title(status), status, detail, violations, null, null);
  }

  static Problem of(InvalidInput bad) {
    int status = bad.isMalformed() ? 400 : 422;
    Long at = bad.position().isPresent() ? bad.position().getAsLong() : null;
    return new Problem(
        "about:blank",
        title(status),
        status,
        bad.getMessage(),
        bad.violations(),
        "line".equals(bad.unit()) ? at : null,
        "index".equals(bad.unit()) ? at : null);
  }

  static Problem of(TooLarge large) {
    List<Violation> violations =
        large.field().isEmpty() ? List.of() : List.of(new Violation(large.field(), large.limit()));
    return new Problem(
        "about:blank",
        title(413),
        413,
        large.getMessage(),
        violations,
        "line".equals(large.unit()) ? Long.valueOf(large.position()) : null,
        "index".equals(large.unit()) ? Long.valueOf(large.position()) : null);
  }

  Response response() {
    return builder().build();
  }

  Response.ResponseBuilder builder() {
    return Response.status(status).type(MEDIA_TYPE).entity(json());
  }

  String json() {
    JsonOut out = new JsonOut();
    out.open();
    out.text("type", type).text("title", title).number("status", status).text("detail", detail);
    if (!violations.isEmpty()) {
      out.array(
          "violations",
          violations,
          v -> out.open().text("field", v.field()).text("message", v.message()).close());
    }
    if (line != null) {
      out.number("line", line);
    }
    if (index != null) {
      out.number("index", index);
    }
    return out.close().toString();
  }

  private static String title(int status) {
    if (status == 422) {
      return "Unprocessable Content"; // not among the names of Jakarta REST
    }
    Status known = Status.fromStatusCode(status);
    return known == null ? "Error" : known.getReasonPhrase();
  }
}
