package dev.longshore.edge.rest;

import dev.longshore.db.Sql;
import dev.longshore.engine.limit.PauseType;
import dev.longshore.engine.limit.Policies;
import dev.longshore.task.Limits;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The task types that nodes have declared. */
@Path("/types")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "watch")
public class TypesResource {

  private static final String TYPES =
      """
      select *, extract(epoch from time_limit) as limit_seconds from longshore.task_type
      where ?::text is null or name = ?
      order by name
      """;

  @Inject private Sql sql;
  @Inject private PauseType pause;

  private record Type(
      String name,
      String lane,
      String queue,
      int priority,
      int maxAttempts,
      double backoffSeconds,
      double backoffFactor,
      double backoffCap,
      Double timeLimit,
      boolean paused,
      Limits limits,
      OffsetDateTime declaredAt) {

    static Type of(ResultSet row) throws SQLException {
      double limit = row.getDouble("limit_seconds");
      Double timeLimit = row.wasNull() ? null : limit;
      return new Type(
          row.getString("name"),
          row.getString("lane"),
          row.getString("queue"),
          row.getInt("priority"),
          row.getInt("max_attempts"),
          row.getDouble("backoff_seconds"),
          row.getDouble("backoff_factor"),
          row.getDouble("backoff_cap"),
          timeLimit,
          row.getBoolean("paused"),
          Policies.limits(row),
          row.getObject("declared_at", OffsetDateTime.class));
    }

    void write(JsonOut out) {
      out.open()
          .text("name", name)
          .text("lane", lane)
          .text("queue", queue)
          .number("priority", priority)
          .number("maxAttempts", maxAttempts)
          .number("backoffSeconds", backoffSeconds)
          .number("backoffFactor", backoffFactor)
          .number("backoffCapSeconds", backoffCap)
          .number("timeLimitSeconds", timeLimit)
          .bool("paused", paused);
      LimitsJson.write(limits, out);
      out.time("declaredAt", declaredAt).close();
    }
  }

  @GET
  @Operation(operationId = "listTypes", summary = "List the task types and their policies")
  @APIResponse(
      responseCode = "200",
      description = "All of them on one page, by name.",
      content = @Content(schema = @Schema(ref = Schemas.TYPE_PAGE)))
  public String list() {
    List<Type> types = sql.list(TYPES, Type::of, null, null);
    JsonOut out = new JsonOut();
    return out.open()
        .array("items", types, t -> t.write(out))
        .number("next", null)
        .close()
        .toString();
  }

  @POST
  @Path("/{name}/pause")
  @Operation(
      operationId = "pauseType",
      summary = "Pause a task type",
      description = "Its tasks wait, on all nodes; what is under way goes on.")
  @APIResponse(
      responseCode = "200",
      description = "Paused.",
      content = @Content(schema = @Schema(ref = Schemas.TYPE)))
  @APIResponse(responseCode = "404", ref = Schemas.BAD)
  public String pause(@PathParam("name") String name) {
    return paused(name, true);
  }

  @POST
  @Path("/{name}/resume")
  @Operation(operationId = "resumeType", summary = "Resume a task type")
  @APIResponse(
      responseCode = "200",
      description = "Its tasks are claimed again.",
      content = @Content(schema = @Schema(ref = Schemas.TYPE)))
  @APIResponse(responseCode = "404", ref = Schemas.BAD)
  public String resume(@PathParam("name") String name) {
    return paused(name, false);
  }

  private String paused(String name, boolean paused) {
    pause.pause(name, paused);
    JsonOut out = new JsonOut();
    sql.first(TYPES, Type::of, name, name).orElseThrow().write(out);
    return out.toString();
  }
}
