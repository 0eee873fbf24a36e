package dev.longshore.edge.rest;

import dev.longshore.engine.control.CancelAll;
import dev.longshore.engine.control.RetryAll;
import dev.longshore.problem.Body;
import dev.longshore.problem.Fields;
import dev.longshore.problem.InvalidInput;
import dev.longshore.problem.JsonText;
import dev.longshore.task.TaskFilter;
import dev.longshore.task.TaskState;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import java.io.IOException;
import java.io.InputStream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** All tasks that match a filter: cancel them, try them again. */
@Path("/tasks")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@Tag(name = "tasks")
public class MatchingResource {

  private static final int LONGEST_FILTER = 16 * 1024;

  @Inject private CancelAll cancel;
  @Inject private RetryAll retry;

  @POST
  @Path("/cancel")
  @Operation(
      operationId = "cancelTasks",
      summary = "Cancel all unfinished tasks that match",
      description =
          """
          In slices that commit one by one, so that nobody waits long: after a failure a part may \
          be done, and the same request does the rest.""")
  @RequestBody(
      required = true,
      content = @Content(mediaType = "application/json", schema = @Schema(ref = Schemas.FILTER)))
  @APIResponse(
      responseCode = "200",
      description = "Done; runs that were asked to stop end soon after.",
      content = @Content(schema = @Schema(ref = Schemas.CANCELLED)))
  @APIResponse(responseCode = "400", ref = Schemas.BAD)
  @APIResponse(responseCode = "422", ref = Schemas.BAD)
  public String cancel(InputStream body, @Context SecurityContext security) throws IOException {
    CancelAll.Counts done = cancel.cancel(filter(body), security.getUserPrincipal().getName());
    return new JsonOut()
        .open()
        .number("cancelled", done.cancelled())
        .number("stopping", done.stopping())
        .number("unchanged", done.unchanged())
        .close()
        .toString();
  }

  @POST
  @Path("/retry")
  @Operation(
      operationId = "retryTasks",
      summary = "Try all failed or cancelled tasks that match again",
      description = "In slices that commit one by one, as with cancelling.")
  @RequestBody(
      required = true,
      content = @Content(mediaType = "application/json", schema = @Schema(ref = Schemas.FILTER)))
  @APIResponse(
      responseCode = "200",
      description = "Done.",
      content = @Content(schema = @Schema(ref = Schemas.RETRIED)))
  @APIResponse(responseCode = "400", ref = Schemas.BAD)
  @APIResponse(responseCode = "422", ref = Schemas.BAD)
  public String retry(InputStream body, @Context SecurityContext security) throws IOException {
    RetryAll.Counts done = retry.retry(filter(body), security.getUserPrincipal().getName());
    return new JsonOut()
        .open()
        .number("retried", done.retried())
        .number("unchanged", done.unchanged())
        .close()
        .toString();
  }

  /** At least one condition: an empty filter is more likely a slip than a wish for everything. */
  private static TaskFilter filter(InputStream body) throws IOException {
    Fields fields = new Fields(JsonText.object(Body.read(body, LONGEST_FILTER)));
    TaskFilter filter =
        new TaskFilter(
            state(fields), fields.text("type"), fields.text("queue"), fields.text("key"));
    fields.done();
    if (filter.equals(new TaskFilter(null, null, null, null))) {
      throw InvalidInput.unfit("", "At least one of state, type, queue and key is needed.");
    }
    return filter;
  }

  private static TaskState state(Fields fields) {
    String label = fields.text("state");
    try {
      return label == null ? null : TaskState.of(label);
    } catch (IllegalArgumentException e) {
      fields.violation("state", "must be a state: " + e.getMessage() + ".");
      return null;
    }
  }
}
