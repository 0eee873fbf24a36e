package dev.longshore.edge.rest;

import dev.longshore.db.Sql;
import dev.longshore.engine.control.DrainWorker;
import dev.longshore.problem.NotFound;
import dev.longshore.problem.Query;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The nodes, living and gone, and whether they are to take work. */
@Path("/workers")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "watch")
public class WorkersResource {

  /** Whether a lease is over is for the database's clock to say. */
  private static final String WORKERS =
      """
      with w as (
          select w.*, (
              select count(*) from longshore.claim c, lateral (
                  select 1 from longshore.task where claim_id = c.id offset 0) t
              where c.worker = w.id and c.worker_run = w.run) as running
          from longshore.worker w)
      select w.*,
          case when w.state = 'active' and w.lease_until < clock_timestamp() then 'lost'
              -- Until it has heard of it, and takes its slots back, it may take work.
              when w.state = 'active' and w.draining and running + w.long_slots + w.quick_slots > 0
                  then 'draining'
              when w.state = 'active' and w.draining then 'drained'
              else w.state end as standing
      from w
      """;

  @Inject private Sql sql;
  @Inject private DrainWorker drain;

  private record Worker(
      String id,
      String state,
      String host,
      long pid,
      String version,
      OffsetDateTime startedAt,
      OffsetDateTime seenAt,
      OffsetDateTime leaseUntil,
      int longSlots,
      int quickSlots,
      long running) {

    static Worker of(ResultSet row) throws SQLException {
      return new Worker(
          row.getString("id"),
          row.getString("standing"),
          row.getString("host"),
          row.getLong("pid"),
          row.getString("version"),
          row.getObject("started_at", OffsetDateTime.class),
          row.getObject("seen_at", OffsetDateTime.class),
          row.getObject("lease_until", OffsetDateTime.class),
          row.getInt("long_slots"),
          row.getInt("quick_slots"),
          row.getLong("running"));
    }

    void write(JsonOut out) {
      out.open()
          .text("id", id)
          .text("state", state)
          .text("host", host)
          .number("pid", pid)
          .text("version", version)
          .time("startedAt", startedAt)
          .time("seenAt", seenAt)
          .time("leaseUntil", leaseUntil)
          .number("longSlots", longSlots)
          .number("quickSlots", quickSlots)
          .number("running", running)
          .close();
    }
  }

  @GET
  @Operation(operationId = "listWorkers", summary = "List the nodes and what they run")
  @APIResponse(
      responseCode = "200",
      description = "All of them on one page, by id.",
      content = @Content(schema = @Schema(ref = Schemas.WORKER_PAGE)))
  public String list() {
    List<Worker> workers = sql.list(WORKERS + " order by w.id", Worker::of);
    JsonOut out = new JsonOut();
    return out.open()
        .array("items", workers, w -> w.write(out))
        .number("next", null)
        .close()
        .toString();
  }

  @POST
  @Path("/{id}/drain")
  @Operation(
      operationId = "drainWorker",
      summary = "Ask a node to take no more work",
      description =
          """
          Any node may be asked. The one that is meant hears of it within a second; what it runs may \
          go on for the given time, and is handed back then, uncounted as an attempt. It goes on to \
          answer requests.""")
  @APIResponse(
      responseCode = "202",
      description = "Asked.",
      content = @Content(schema = @Schema(ref = Schemas.WORKER)))
  @APIResponse(responseCode = "400", ref = Schemas.BAD)
  @APIResponse(responseCode = "404", ref = Schemas.BAD)
  @APIResponse(responseCode = "409", ref = Schemas.BAD)
  public Response drain(
      @PathParam("id") String id,
      @QueryParam("timeout")
          @Parameter(
              description =
                  "How long what it runs may go on: PT30S, PT2H. By default as the node is set.")
          String timeout,
      @Context UriInfo uri,
      @Context SecurityContext security) {
    Query.check(uri, Set.of("timeout"));
    drain.drain(id, duration(timeout), security.getUserPrincipal().getName());
    return asked(id);
  }

  @POST
  @Path("/{id}/undrain")
  @Operation(operationId = "undrainWorker", summary = "Ask a node that drains to take work again")
  @APIResponse(
      responseCode = "202",
      description = "Asked.",
      content = @Content(schema = @Schema(ref = Schemas.WORKER)))
  @APIResponse(responseCode = "404", ref = Schemas.BAD)
  @APIResponse(responseCode = "409", ref = Schemas.BAD)
  public Response undrain(@PathParam("id") String id, @Context SecurityContext security) {
    drain.undrain(id, security.getUserPrincipal().getName());
    return asked(id);
  }

  private Response asked(String id) {
    Worker worker =
        sql.first(WORKERS + " where w.id = ?", Worker::of, id)
            .orElseThrow(() -> new NotFound("worker", id));
    JsonOut out = new JsonOut();
    worker.write(out);
    return Response.accepted(out.toString()).build();
  }

  private static Duration duration(String text) {
    try {
      Duration given = text == null ? null : Duration.parse(text);
      if (given == null || !given.isNegative() && given.compareTo(Duration.ofDays(365)) < 0) {
        return given;
      }
    } catch (DateTimeParseException e) {
      // said below
    }
    throw Query.bad("timeout", "must be a duration in ISO 8601, at most a year, such as PT30S.");
  }
}
