package dev.longshore.edge.rest;

import dev.longshore.engine.control.Cancel;
import dev.longshore.engine.control.Retry;
import dev.longshore.problem.Body;
import dev.longshore.problem.NotFound;
import dev.longshore.problem.Query;
import dev.longshore.task.Submit;
import dev.longshore.task.Submitted;
import dev.longshore.task.Task;
import dev.longshore.task.TaskFilter;
import dev.longshore.task.TaskState;
import dev.longshore.task.Tasks;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Tasks, one by one: submit, list, look at, cancel, retry. */
@Path("/tasks")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "tasks")
public class TasksResource {

  private static final Set<String> PARAMETERS =
      Set.of("state", "type", "queue", "key", "limit", "after");

  @Inject private Submit submit;
  @Inject private Tasks tasks;
  @Inject private Cancel cancel;
  @Inject private Retry retry;

  @Inject
  @ConfigProperty(name = "longshore.payload.limit", defaultValue = "1048576")
  private int payloadLimit;

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(operationId = "submitTask", summary = "Submit a task")
  @RequestBody(
      required = true,
      content = @Content(mediaType = "application/json", schema = @Schema(ref = Schemas.NEW_TASK)))
  @APIResponse(
      responseCode = "201",
      description = "Submitted.",
      headers = @Header(name = "Location", schema = @Schema(type = SchemaType.STRING)),
      content = @Content(schema = @Schema(ref = Schemas.TASK)))
  @APIResponse(
      responseCode = "200",
      description = "An unfinished task of the type with this uniqueKey stands already: that one.",
      content = @Content(schema = @Schema(ref = Schemas.TASK)))
  @APIResponse(responseCode = "400", ref = Schemas.BAD)
  @APIResponse(responseCode = "413", ref = Schemas.BAD)
  @APIResponse(responseCode = "422", ref = Schemas.BAD)
  public Response submit(InputStream body, @Context UriInfo uri) throws IOException {
    Submitted done =
        submit.submit(ReadTask.of(Body.read(body, payloadLimit + ReadTask.ENVELOPE), "body"));
    Task task = tasks.get(done.id());
    return Response.status(done.created() ? Status.CREATED : Status.OK)
        .location(uri.getBaseUriBuilder().path("tasks/{id}").build(done.id()))
        .entity(TaskJson.task(task))
        .build();
  }

  @GET
  @Operation(
      operationId = "listTasks",
      summary = "List tasks, newest first",
      description = "A page may have fewer items than `limit` where they are long.")
  @APIResponse(
      responseCode = "200",
      description = "A page; `next` is null on the last one.",
      content = @Content(schema = @Schema(ref = Schemas.TASK_PAGE)))
  @APIResponse(responseCode = "400", ref = Schemas.BAD)
  public String list(
      @QueryParam("state") @Parameter(schema = @Schema(ref = Schemas.STATE)) String state,
      @QueryParam("type") String type,
      @QueryParam("queue") String queue,
      @QueryParam("key") String key,
      @BeanParam Keyset keyset,
      @Context UriInfo uri) {
    Query.check(uri, PARAMETERS);
    TaskFilter filter = new TaskFilter(state(state), type, queue, key);
    return TaskJson.page(tasks.page(filter, keyset.after(), keyset.limit()));
  }

  @GET
  @Path("/{id}")
  @Operation(operationId = "getTask", summary = "Look at a task")
  @APIResponse(
      responseCode = "200",
      description = "The task.",
      content = @Content(schema = @Schema(ref = Schemas.TASK)))
  @APIResponse(responseCode = "404", ref = Schemas.BAD)
  public String get(@PathParam("id") @Parameter(schema = @Schema(ref = Schemas.ID)) String id) {
    return TaskJson.task(tasks.get(number(id)));
  }

  @GET
  @Path("/{id}/attempts")
  @Operation(operationId = "listAttempts", summary = "The runs of a task, first one first")
  @APIResponse(
      responseCode = "200",
      description = "All of them on one page.",
      content = @Content(schema = @Schema(ref = Schemas.ATTEMPT_PAGE)))
  @APIResponse(responseCode = "404", ref = Schemas.BAD)
  public String attempts(
      @PathParam("id") @Parameter(schema = @Schema(ref = Schemas.ID)) String id) {
    return TaskJson.attempts(tasks.attempts(number(id)));
  }

  @POST
  @Path("/{id}/cancel")
  @Operation(
      operationId = "cancelTask",
      summary = "Cancel a task",
      description = "At once where nobody runs it; a run is asked to stop, and ends the task.")
  @APIResponse(
      responseCode = "200",
      description = "Cancelled.",
      content = @Content(schema = @Schema(ref = Schemas.TASK)))
  @APIResponse(
      responseCode = "202",
      description =
          "Under way: its run was asked to stop. The state of a quick task may be queued even so.",
      content = @Content(schema = @Schema(ref = Schemas.TASK)))
  @APIResponse(responseCode = "404", ref = Schemas.BAD)
  @APIResponse(responseCode = "409", ref = Schemas.BAD)
  public Response cancel(
      @PathParam("id") @Parameter(schema = @Schema(ref = Schemas.ID)) String id,
      @Context SecurityContext security) {
    long task = number(id);
    TaskState state = cancel.cancel(task, security.getUserPrincipal().getName());
    return Response.status(state == TaskState.ONGOING ? Status.ACCEPTED : Status.OK)
        .entity(TaskJson.task(tasks.get(task)))
        .build();
  }

  @POST
  @Path("/{id}/retry")
  @Operation(
      operationId = "retryTask",
      summary = "Try a task that failed or was cancelled again",
      description = "All its attempts again, from now. A pipeline resumes at its last checkpoint.")
  @APIResponse(
      responseCode = "200",
      description = "Pending again.",
      content = @Content(schema = @Schema(ref = Schemas.TASK)))
  @APIResponse(responseCode = "404", ref = Schemas.BAD)
  @APIResponse(responseCode = "409", ref = Schemas.BAD)
  public String retry(
      @PathParam("id") @Parameter(schema = @Schema(ref = Schemas.ID)) String id,
      @Context SecurityContext security) {
    long task = number(id);
    retry.retry(task, security.getUserPrincipal().getName());
    return TaskJson.task(tasks.get(task));
  }

  private static TaskState state(String label) {
    try {
      return label == null ? null : TaskState.of(label);
    } catch (IllegalArgumentException e) {
      throw Query.bad("state", e.getMessage() + ".");
    }
  }

  private static long number(String id) {
    try {
      return Long.parseLong(id);
    } catch (NumberFormatException e) {
      throw new NotFound("task", id);
    }
  }
}
