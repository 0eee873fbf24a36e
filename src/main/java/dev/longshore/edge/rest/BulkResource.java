package dev.longshore.edge.rest;

import dev.longshore.problem.InvalidInput;
import dev.longshore.problem.TooLarge;
import dev.longshore.task.NewTask;
import dev.longshore.task.Submit;
import dev.longshore.task.SubmittedMany;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.InputStream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Tasks by the thousand: all of a request or none. */
@Path("/tasks/bulk")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "tasks")
public class BulkResource {

  @Inject private Submit submit;

  @Inject
  @ConfigProperty(name = "longshore.payload.limit", defaultValue = "1048576")
  private int payloadLimit;

  @POST
  @Consumes({"application/x-ndjson", "application/ndjson"})
  @Operation(
      operationId = "submitTasks",
      summary = "Submit many tasks at once",
      description =
          """
          Lines of JSON (`application/x-ndjson`) or an array (`application/json`), read as they \
          come in, of any length. All tasks are submitted or, when one is wrong, none: the answer \
          names its `line` (from 1) or `index` (from 0).""")
  @RequestBody(
      required = true,
      content = {
        @Content(mediaType = "application/x-ndjson", schema = @Schema(ref = Schemas.NEW_TASK)),
        @Content(mediaType = "application/json", schema = @Schema(ref = Schemas.NEW_TASKS))
      })
  @APIResponse(
      responseCode = "200",
      description = "Submitted.",
      content = @Content(schema = @Schema(ref = Schemas.SUBMITTED)))
  @APIResponse(responseCode = "400", ref = Schemas.BAD)
  @APIResponse(responseCode = "413", ref = Schemas.BAD)
  @APIResponse(responseCode = "422", ref = Schemas.BAD)
  public String lines(InputStream body) {
    return submit(BulkItems.lines(body, payloadLimit + ReadTask.ENVELOPE, ReadTask::of));
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(hidden = true)
  public String array(InputStream body) {
    return submit(BulkItems.array(body, payloadLimit + ReadTask.ENVELOPE, ReadTask::of));
  }

  private String submit(BulkItems<NewTask> items) {
    if (!items.hasNext() && items instanceof BulkLines<?>) {
      throw InvalidInput.malformed(
          "", "The body is empty; a line of JSON for each task is expected.");
    }
    SubmittedMany done;
    try {
      done = submit.submit(items);
    } catch (InvalidInput e) {
      // Submit counts tasks; senders of lines count lines, blank ones too.
      throw e.position().isPresent() ? e.at(items.unit(), items.position()) : e;
    } catch (TooLarge e) {
      throw e.unit() == null ? e : e.at(items.unit(), items.position());
    }
    return new JsonOut()
        .open()
        .number("submitted", done.created())
        .number("standing", done.standing())
        .close()
        .toString();
  }
}
