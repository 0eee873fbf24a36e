package dev.longshore.edge.rest;

import dev.longshore.task.TaskCount;
import dev.longshore.task.TaskState;
import dev.longshore.task.Tasks;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** How many tasks there are, by state and queue. */
@Path("/stats")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "watch")
public class StatsResource {

  @Inject private Tasks tasks;

  @GET
  @Operation(operationId = "stats", summary = "Count tasks by state and queue")
  @APIResponse(
      responseCode = "200",
      description = "Every state is named, also where there are none.",
      content = @Content(schema = @Schema(ref = Schemas.STATS)))
  public String stats() {
    Map<String, List<TaskCount>> byQueue = new TreeMap<>();
    List<TaskCount> all = tasks.counts();
    all.forEach(c -> byQueue.computeIfAbsent(c.queue(), q -> new ArrayList<>()).add(c));
    JsonOut out = new JsonOut();
    out.open()
        .number("total", all.stream().mapToLong(TaskCount::count).sum())
        .object("states", () -> states(all, out))
        .object(
            "queues",
            () -> byQueue.forEach((queue, some) -> out.object(queue, () -> states(some, out))))
        .close();
    return out.toString();
  }

  private static void states(List<TaskCount> counts, JsonOut out) {
    for (TaskState state : TaskState.values()) {
      out.number(
          state.label(),
          counts.stream().filter(c -> c.state() == state).mapToLong(TaskCount::count).sum());
    }
  }
}
