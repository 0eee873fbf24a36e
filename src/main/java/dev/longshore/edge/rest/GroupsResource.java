package dev.longshore.edge.rest;

import dev.longshore.problem.Body;
import dev.longshore.problem.Fields;
import dev.longshore.problem.InvalidInput;
import dev.longshore.problem.JsonText;
import dev.longshore.task.Group;
import dev.longshore.task.NewTask;
import dev.longshore.task.Submit;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Fan-out, fan-in: tasks, and one that runs when all of them have ended. */
@Path("/groups")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "tasks")
public class GroupsResource {

  /** A group is read as a whole: so many payloads of the longest kind may be in it. */
  private static final int PAYLOADS = 16;

  @Inject private Submit submit;

  @Inject
  @ConfigProperty(name = "longshore.payload.limit", defaultValue = "1048576")
  private int payloadLimit;

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "submitGroup",
      summary = "Submit tasks and a completion",
      description =
          """
          The completion is a task that starts when all the others have ended, however they did. \
          All are submitted or, when one is wrong, none: the answer names its `index` (from 0), or \
          fields of the `completion`.""")
  @RequestBody(
      required = true,
      content = @Content(mediaType = "application/json", schema = @Schema(ref = Schemas.NEW_GROUP)))
  @APIResponse(
      responseCode = "201",
      description = "Submitted. The location is that of the completion.",
      headers = @Header(name = "Location", schema = @Schema(type = SchemaType.STRING)),
      content = @Content(schema = @Schema(ref = Schemas.GROUP)))
  @APIResponse(responseCode = "400", ref = Schemas.BAD)
  @APIResponse(responseCode = "413", ref = Schemas.BAD)
  @APIResponse(responseCode = "422", ref = Schemas.BAD)
  public Response submit(InputStream body, @Context UriInfo uri) throws IOException {
    Fields fields =
        new Fields(JsonText.object(Body.read(body, PAYLOADS * (payloadLimit + ReadTask.ENVELOPE))));
    JsonArray tasks = fields.array("tasks");
    JsonObject completion = fields.object("completion");
    if (tasks == null && !fields.isWrong("tasks")) {
      fields.violation("tasks", "are missing: an array of tasks.");
    }
    if (completion == null && !fields.isWrong("completion")) {
      fields.violation("completion", "is missing: the task that runs when all have ended.");
    }
    fields.done();
    Group group = submit.submit(tasks(tasks), completion(completion));
    return Response.created(uri.getBaseUriBuilder().path("tasks/{id}").build(group.completion()))
        .entity(
            new JsonOut()
                .open()
                .raw(
                    "tasks",
                    group.tasks().stream()
                        .map(String::valueOf)
                        .collect(Collectors.joining(",", "[", "]")))
                .number("completion", group.completion())
                .close()
                .toString())
        .build();
  }

  private static List<NewTask> tasks(JsonArray array) {
    List<NewTask> tasks = new ArrayList<>();
    for (JsonValue value : array) {
      try {
        if (!(value instanceof JsonObject task)) {
          throw InvalidInput.unfit("", "must be an object, not " + JsonText.kind(value) + ".");
        }
        tasks.add(ReadTask.of(task));
      } catch (InvalidInput e) {
        throw e.at("index", tasks.size());
      }
    }
    return tasks;
  }

  private static NewTask completion(JsonObject object) {
    try {
      return ReadTask.of(object);
    } catch (InvalidInput e) {
      throw e.in("completion");
    }
  }
}
