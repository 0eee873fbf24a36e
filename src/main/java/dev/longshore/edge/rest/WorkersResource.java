package dev.longshore.edge.rest;

import dev.longshore.db.Sql;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
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

/** The nodes, living and gone. */
@Path("/workers")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "watch")
public class WorkersResource {

  /** Whether a lease is over is for the database's clock to say. */
  private static final String WORKERS =
      """
      select w.*,
             case when w.state = 'active' and w.lease_until < clock_timestamp() then 'lost' else w.state end
                 as standing,
             (select count(*) from longshore.claim c join longshore.task t on t.claim_id = c.id
              where c.worker = w.id and c.worker_run = w.run and t.state = 'ongoing') as running
      from longshore.worker w order by w.id
      """;

  @Inject private Sql sql;

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
    List<Worker> workers = sql.list(WORKERS, Worker::of);
    JsonOut out = new JsonOut();
    return out.open()
        .array("items", workers, w -> w.write(out))
        .number("next", null)
        .close()
        .toString();
  }
}
