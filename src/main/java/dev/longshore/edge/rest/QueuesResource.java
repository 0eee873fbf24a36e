package dev.longshore.edge.rest;

import dev.longshore.engine.limit.QueuePolicy;
import dev.longshore.engine.limit.Queues;
import dev.longshore.problem.Body;
import dev.longshore.problem.Fields;
import dev.longshore.problem.InvalidInput;
import dev.longshore.problem.JsonText;
import dev.longshore.task.Limits;
import dev.longshore.task.NewTaskRules;
import dev.longshore.task.Rate;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Queues: their limits, and whether they are paused. */
@Path("/queues")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "queues")
public class QueuesResource {

  private static final int LONGEST_BODY = 4 * 1024;

  @Inject private Queues queues;

  @GET
  @Operation(operationId = "listQueues", summary = "List the queues and their limits")
  @APIResponse(
      responseCode = "200",
      description = "All of them on one page, by name.",
      content = @Content(schema = @Schema(ref = Schemas.QUEUE_PAGE)))
  public String list() {
    List<QueuePolicy> all = queues.all();
    JsonOut out = new JsonOut();
    return out.open()
        .array("items", all, q -> write(q, out))
        .number("next", null)
        .close()
        .toString();
  }

  @GET
  @Path("/{name}")
  @Operation(operationId = "getQueue", summary = "Look at a queue")
  @APIResponse(
      responseCode = "200",
      description = "The queue.",
      content = @Content(schema = @Schema(ref = Schemas.QUEUE)))
  @APIResponse(responseCode = "404", ref = Schemas.BAD)
  public String get(@PathParam("name") String name) {
    return json(name);
  }

  @PUT
  @Path("/{name}")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "setQueue",
      summary = "Set a queue's limits",
      description =
          """
          All of them at once: a limit that is absent or null is none. `paused` is left as it is \
          where it is absent. Holds for every claim from then on and counts what is under way.""")
  @RequestBody(
      required = true,
      content =
          @Content(mediaType = "application/json", schema = @Schema(ref = Schemas.QUEUE_LIMITS)))
  @APIResponse(
      responseCode = "200",
      description = "Set.",
      content = @Content(schema = @Schema(ref = Schemas.QUEUE)))
  @APIResponse(responseCode = "400", ref = Schemas.BAD)
  @APIResponse(responseCode = "422", ref = Schemas.BAD)
  public String set(@PathParam("name") String name, InputStream body) throws IOException {
    String wrong = NewTaskRules.wrongQueue(name);
    if (wrong != null) {
      throw InvalidInput.unfit("name", wrong);
    }
    Fields fields = new Fields(JsonText.object(Body.read(body, LONGEST_BODY)));
    Boolean paused = fields.bool("paused");
    Integer tasks = atLeastOne(fields, "limit");
    Integer perKey = atLeastOne(fields, "keyLimit");
    Rate rate = rate(fields, "rate");
    Rate keyRate = rate(fields, "keyRate");
    fields.done();
    queues.set(name, paused, new Limits(tasks, perKey, rate, keyRate));
    return json(name);
  }

  @POST
  @Path("/{name}/pause")
  @Operation(
      operationId = "pauseQueue",
      summary = "Pause a queue",
      description = "Its tasks wait; what is under way goes on.")
  @APIResponse(
      responseCode = "200",
      description = "Paused.",
      content = @Content(schema = @Schema(ref = Schemas.QUEUE)))
  @APIResponse(responseCode = "404", ref = Schemas.BAD)
  public String pause(@PathParam("name") String name) {
    queues.pause(name, true);
    return json(name);
  }

  @POST
  @Path("/{name}/resume")
  @Operation(operationId = "resumeQueue", summary = "Resume a queue")
  @APIResponse(
      responseCode = "200",
      description = "Its tasks are claimed again.",
      content = @Content(schema = @Schema(ref = Schemas.QUEUE)))
  @APIResponse(responseCode = "404", ref = Schemas.BAD)
  public String resume(@PathParam("name") String name) {
    queues.pause(name, false);
    return json(name);
  }

  private String json(String name) {
    JsonOut out = new JsonOut();
    write(queues.get(name), out);
    return out.toString();
  }

  private static void write(QueuePolicy queue, JsonOut out) {
    out.open().text("name", queue.name()).bool("paused", queue.paused());
    LimitsJson.write(queue.limits(), out);
    out.close();
  }

  private static Integer atLeastOne(Fields fields, String field) {
    Integer limit = fields.whole(field);
    if (limit != null && limit < 1) {
      fields.violation(field, "must be 1 or more, not " + limit + "; null for no limit.");
      return null;
    }
    return limit;
  }

  private static Rate rate(Fields fields, String field) {
    String text = fields.text(field);
    try {
      return text == null ? null : Rate.of(text);
    } catch (IllegalArgumentException e) {
      fields.violation(field, e.getMessage() + ".");
      return null;
    }
  }
}
