package dev.longshore.edge.rest;

import dev.longshore.problem.Query;
import jakarta.ws.rs.QueryParam;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;

/** Which page of a list is asked for, and how long it is to be. */
public class Keyset {

  @QueryParam("limit")
  @Parameter(
      schema =
          @Schema(type = SchemaType.INTEGER, minimum = "1", maximum = "1000", defaultValue = "100"))
  private String limit;

  @QueryParam("after")
  @Parameter(
      description = "What the page before gave as next, the id of its last item.",
      schema = @Schema(type = SchemaType.INTEGER, format = "int64"))
  private String after;

  int limit() {
    return Query.limit(limit);
  }

  /** {@code null} for the first page. */
  Long after() {
    return Query.after(after);
  }
}
