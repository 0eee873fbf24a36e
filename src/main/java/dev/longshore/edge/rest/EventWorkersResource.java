package dev.longshore.edge.rest;

import dev.longshore.log.worker.Control;
import dev.longshore.log.worker.Standing;
import dev.longshore.log.worker.Standings;
import dev.longshore.problem.Body;
import dev.longshore.problem.Fields;
import dev.longshore.problem.JsonText;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.io.IOException;
import java.io.InputStream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The event workers: how they are, and their life cycle. */
@Path("/event-workers")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "event workers")
public class EventWorkersResource {

  @Inject private Standings standings;
  @Inject private Control control;

  @Context private SecurityContext security;

  @GET
  @Operation(operationId = "listEventWorkers", summary = "List the event workers and their health")
  @APIResponse(
      responseCode = "200",
      description = "All of them on one page, by name, without their state.",
      content = @Content(schema = @Schema(ref = Schemas.EVENT_WORKER_PAGE)))
  public String list() {
    return JsonOut.page(standings.all(), null, (worker, out) -> write(worker, false, out));
  }

  @GET
  @Path("/{name}")
  @Operation(operationId = "getEventWorker", summary = "Look at an event worker")
  @APIResponse(responseCode = "200", ref = Schemas.EVENT_WORKER)
  @APIResponse(responseCode = "404", ref = Schemas.BAD)
  public String get(@PathParam("name") String name) {
    return JsonOut.one(standings.get(name), (worker, out) -> write(worker, true, out));
  }

  @POST
  @Path("/{name}/pause")
  @Operation(
      operationId = "pauseEventWorker",
      summary = "Pause an event worker",
      description = "It ends what it is at, and reads nothing more until it is resumed.")
  @APIResponse(responseCode = "200", ref = Schemas.EVENT_WORKER)
  @APIResponse(responseCode = "404", ref = Schemas.BAD)
  @APIResponse(responseCode = "409", ref = Schemas.BAD)
  public String pause(@PathParam("name") String name) {
    control.pause(name, actor());
    return get(name);
  }

  @POST
  @Path("/{name}/resume")
  @Operation(
      operationId = "resumeEventWorker",
      summary = "Resume an event worker",
      description = "One that has halted, or waits, tries its message again now.")
  @APIResponse(responseCode = "200", ref = Schemas.EVENT_WORKER)
  @APIResponse(responseCode = "404", ref = Schemas.BAD)
  @APIResponse(responseCode = "409", ref = Schemas.BAD)
  public String resume(@PathParam("name") String name) {
    control.resume(name, actor());
    return get(name);
  }

  @POST
  @Path("/{name}/stop")
  @Operation(
      operationId = "stopEventWorker",
      summary = "Stop an event worker",
      description = "No node runs it until it is started. Messages wait, and are kept, for it.")
  @APIResponse(responseCode = "200", ref = Schemas.EVENT_WORKER)
  @APIResponse(responseCode = "404", ref = Schemas.BAD)
  public String stop(@PathParam("name") String name) {
    control.stop(name, actor());
    return get(name);
  }

  @POST
  @Path("/{name}/start")
  @Operation(operationId = "startEventWorker", summary = "Start an event worker that was stopped")
  @APIResponse(responseCode = "200", ref = Schemas.EVENT_WORKER)
  @APIResponse(responseCode = "404", ref = Schemas.BAD)
  public String start(@PathParam("name") String name) {
    control.start(name, actor());
    return get(name);
  }

  @POST
  @Path("/{name}/set-aside")
  @Operation(
      operationId = "setMessageAside",
      summary = "Set aside the message that a worker has halted at, or tries again",
      description = "It becomes a dead letter, and the worker goes on behind it.")
  @APIResponse(responseCode = "200", ref = Schemas.EVENT_WORKER)
  @APIResponse(responseCode = "404", ref = Schemas.BAD)
  @APIResponse(responseCode = "409", ref = Schemas.BAD)
  public String setAside(@PathParam("name") String name) {
    control.setAside(name, actor());
    return get(name);
  }

  @POST
  @Path("/{name}/position")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "setPosition",
      summary = "Have an event worker go on from another place in the log",
      description = "What it handles again is a replay, which its handlers can tell.")
  @RequestBody(
      required = true,
      content =
          @Content(mediaType = "application/json", schema = @Schema(ref = Schemas.NEW_POSITION)))
  @APIResponse(responseCode = "200", ref = Schemas.EVENT_WORKER)
  @APIResponse(responseCode = "400", ref = Schemas.BAD)
  @APIResponse(responseCode = "404", ref = Schemas.BAD)
  @APIResponse(responseCode = "422", ref = Schemas.BAD)
  public String position(@PathParam("name") String name, InputStream body) throws IOException {
    Fields fields = new Fields(JsonText.object(Body.read(body, ReadTask.ENVELOPE)));
    String position = fields.textOrWhole("position");
    if (position == null && !fields.isWrong("position")) {
      fields.violation(
          "position", "is missing; beginning, now or the id of the message to read first.");
    }
    Boolean resetState = fields.bool("resetState");
    fields.done();
    control.position(name, position, Boolean.TRUE.equals(resetState), actor());
    return get(name);
  }

  @DELETE
  @Path("/{name}")
  @Operation(
      operationId = "forgetEventWorker",
      summary = "Forget an event worker that no build has any more",
      description = "Its position, state and dead letters go. It must be stopped.")
  @APIResponse(responseCode = "204", description = "Forgotten.")
  @APIResponse(responseCode = "404", ref = Schemas.BAD)
  @APIResponse(responseCode = "409", ref = Schemas.BAD)
  public Response forget(@PathParam("name") String name) {
    control.forget(name, actor());
    return Response.noContent().build();
  }

  private String actor() {
    return security.getUserPrincipal().getName();
  }

  private static void write(Standing worker, boolean withState, JsonOut out) {
    out.open()
        .text("name", worker.name())
        .text("description", worker.description())
        .texts("messages", worker.messages())
        .raw("policy", worker.policy())
        .text("status", worker.status())
        .text("health", worker.health().status().label())
        .texts("reasons", worker.health().reasons())
        .text("node", worker.node())
        .time("ownedSince", worker.ownedSince())
        .number("position", worker.position())
        .time("movedAt", worker.movedAt())
        .number("handled", worker.handled())
        .number("lagMessages", worker.lagMessages())
        .number("lagSeconds", worker.lagSeconds())
        .number("messagesPerSecond", worker.messagesPerSecond())
        .number("errorsPerMinute", worker.errorsPerMinute())
        .number("handlerMillis", worker.handlerMillis())
        .number("failing", worker.failing())
        .number("failures", worker.failures())
        .time("retryAt", worker.retryAt())
        .text("error", worker.error())
        .number("deadLetters", worker.deadLetters())
        .time("periodicAt", worker.periodicAt());
    if (withState) {
      out.raw("state", worker.state());
    }
    out.close();
  }
}
