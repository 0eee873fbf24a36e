package dev.longshore.edge.rest;

import dev.longshore.log.worker.DeadLetter;
import dev.longshore.log.worker.DeadLetters;
import dev.longshore.problem.NotFound;
import dev.longshore.problem.Page;
import dev.longshore.problem.Query;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.BeanParam;
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
import jakarta.ws.rs.core.UriInfo;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What an event worker could not handle: list, replay, discard. */
@Path("/event-workers/{worker}/dead-letters")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "event workers")
public class DeadLettersResource {

  @Inject private DeadLetters letters;

  @Context private SecurityContext security;

  @GET
  @Operation(
      operationId = "listDeadLetters",
      summary = "List a worker's dead letters, oldest first")
  @APIResponse(
      responseCode = "200",
      description = "A page; `next` is null on the last one.",
      content = @Content(schema = @Schema(ref = Schemas.DEAD_LETTER_PAGE)))
  @APIResponse(responseCode = "400", ref = Schemas.BAD)
  @APIResponse(responseCode = "404", ref = Schemas.BAD)
  public String list(
      @PathParam("worker") String worker, @BeanParam Keyset keyset, @Context UriInfo uri) {
    Query.check(uri, Set.of("limit", "after"));
    Long after = keyset.after();
    int size = keyset.limit();
    Page<DeadLetter> page =
        Page.of(letters.page(worker, after == null ? 0 : after, size + 1), size, DeadLetter::id);
    return JsonOut.page(page.items(), page.next(), DeadLettersResource::write);
  }

  @GET
  @Path("/{id}")
  @Operation(operationId = "getDeadLetter", summary = "Look at a dead letter")
  @APIResponse(
      responseCode = "200",
      description = "The dead letter.",
      content = @Content(schema = @Schema(ref = Schemas.DEAD_LETTER)))
  @APIResponse(responseCode = "404", ref = Schemas.BAD)
  public String get(
      @PathParam("worker") String worker,
      @PathParam("id") @Parameter(schema = @Schema(ref = Schemas.ID)) String id) {
    return json(letters.get(worker, number(id)));
  }

  @POST
  @Path("/{id}/replay")
  @Operation(
      operationId = "replayDeadLetter",
      summary = "Have a worker handle a dead letter once more",
      description = "Between other messages. It is gone if that goes well.")
  @APIResponse(
      responseCode = "202",
      description = "Asked for.",
      content = @Content(schema = @Schema(ref = Schemas.DEAD_LETTER)))
  @APIResponse(responseCode = "404", ref = Schemas.BAD)
  public Response replay(
      @PathParam("worker") String worker,
      @PathParam("id") @Parameter(schema = @Schema(ref = Schemas.ID)) String id) {
    return Response.accepted(json(letters.replay(worker, number(id), actor()))).build();
  }

  @POST
  @Path("/replay")
  @Operation(operationId = "replayDeadLetters", summary = "The same of all of them, oldest first")
  @APIResponse(
      responseCode = "202",
      description = "Asked for.",
      content = @Content(schema = @Schema(ref = Schemas.REPLAYING)))
  @APIResponse(responseCode = "404", ref = Schemas.BAD)
  public Response replayAll(@PathParam("worker") String worker) {
    return Response.accepted(
            new JsonOut()
                .open()
                .number("replaying", letters.replayAll(worker, actor()))
                .close()
                .toString())
        .build();
  }

  @DELETE
  @Path("/{id}")
  @Operation(operationId = "discardDeadLetter", summary = "Drop a dead letter for good")
  @APIResponse(responseCode = "204", description = "Dropped.")
  @APIResponse(responseCode = "404", ref = Schemas.BAD)
  public Response discard(
      @PathParam("worker") String worker,
      @PathParam("id") @Parameter(schema = @Schema(ref = Schemas.ID)) String id) {
    letters.discard(worker, number(id), actor());
    return Response.noContent().build();
  }

  private String actor() {
    return security.getUserPrincipal().getName();
  }

  private static long number(String id) {
    try {
      return Long.parseLong(id);
    } catch (NumberFormatException e) {
      throw new NotFound("dead letter", id);
    }
  }

  private static String json(DeadLetter letter) {
    return JsonOut.one(letter, DeadLettersResource::write);
  }

  private static void write(DeadLetter letter, JsonOut out) {
    out.open()
        .number("id", letter.id())
        .number("message", letter.message())
        .text("name", letter.name())
        .raw("payload", letter.payload())
        .raw("metadata", letter.metadata())
        .time("createdAt", letter.createdAt())
        .text("error", letter.error())
        .number("attempts", letter.attempts())
        .time("setAsideAt", letter.setAsideAt())
        .bool("replaying", letter.replaying())
        .close();
  }
}
