package dev.longshore.edge.rest;

import dev.longshore.db.Sql;
import dev.longshore.log.Message;
import dev.longshore.log.MessageLog;
import dev.longshore.log.MessageRow;
import dev.longshore.log.MessageRules;
import dev.longshore.log.NewMessage;
import dev.longshore.problem.Body;
import dev.longshore.problem.InvalidInput;
import dev.longshore.problem.NotFound;
import dev.longshore.problem.Page;
import dev.longshore.problem.Query;
import dev.longshore.problem.TooLarge;
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

/** The message log: append, by one or by the thousand, and read. */
@Path("/messages")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "messages")
public class MessagesResource {

  private static final Set<String> PARAMETERS = Set.of("name", "limit", "after");

  @Inject MessageLog log;
  @Inject private Sql sql;

  @Inject
  @ConfigProperty(name = "longshore.payload.limit", defaultValue = "1048576")
  private int payloadLimit;

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(operationId = "appendMessage", summary = "Append a message to the log")
  @RequestBody(
      required = true,
      content =
          @Content(mediaType = "application/json", schema = @Schema(ref = Schemas.NEW_MESSAGE)))
  @APIResponse(
      responseCode = "201",
      description = "Appended.",
      headers = @Header(name = "Location", schema = @Schema(type = SchemaType.STRING)),
      content = @Content(schema = @Schema(ref = Schemas.MESSAGE)))
  @APIResponse(responseCode = "400", ref = Schemas.BAD)
  @APIResponse(responseCode = "413", ref = Schemas.BAD)
  @APIResponse(responseCode = "422", ref = Schemas.BAD)
  public Response append(InputStream body, @Context UriInfo uri) throws IOException {
    NewMessage message = ReadMessage.of(Body.read(body, longest()), "body");
    long id = log.append(message.name(), message.payload(), message.metadata());
    return Response.created(uri.getBaseUriBuilder().path("messages/{id}").build(id))
        .entity(json(message(id)))
        .build();
  }

  @POST
  @Path("/bulk")
  @Consumes({"application/x-ndjson", "application/ndjson"})
  @Operation(
      operationId = "appendMessages",
      summary = "Append many messages at once",
      description =
          """
          Lines of JSON (`application/x-ndjson`) or an array (`application/json`), of any length; \
          they are read when the body has come in whole. All are appended in their order or, when one is wrong, none: the \
          answer names its `line` (from 1) or `index` (from 0).""")
  @RequestBody(
      required = true,
      content = {
        @Content(mediaType = "application/x-ndjson", schema = @Schema(ref = Schemas.NEW_MESSAGE)),
        @Content(mediaType = "application/json", schema = @Schema(ref = Schemas.NEW_MESSAGES))
      })
  @APIResponse(
      responseCode = "200",
      description = "Appended.",
      content = @Content(schema = @Schema(ref = Schemas.APPENDED)))
  @APIResponse(responseCode = "400", ref = Schemas.BAD)
  @APIResponse(responseCode = "413", ref = Schemas.BAD)
  @APIResponse(responseCode = "422", ref = Schemas.BAD)
  public String lines(InputStream body) throws IOException {
    try (InputStream whole = WholeBody.of(body)) {
      return append(BulkItems.lines(whole, longest(), ReadMessage::of));
    }
  }

  @POST
  @Path("/bulk")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(hidden = true)
  public String array(InputStream body) throws IOException {
    try (InputStream whole = WholeBody.of(body)) {
      return append(BulkItems.array(whole, longest(), ReadMessage::of));
    }
  }

  @GET
  @Operation(
      operationId = "listMessages",
      summary = "Read the log, oldest message first",
      description =
          "What is still being appended by an open transaction is not there yet, and neither is what"
              + " stands behind it: nobody who goes on with `after` misses a message.")
  @APIResponse(
      responseCode = "200",
      description = "A page; `next` is null on the last one.",
      content = @Content(schema = @Schema(ref = Schemas.MESSAGE_PAGE)))
  @APIResponse(responseCode = "400", ref = Schemas.BAD)
  public String list(
      @QueryParam("name") String name, @BeanParam Keyset keyset, @Context UriInfo uri) {
    Query.check(uri, PARAMETERS);
    String wrong = name == null ? null : MessageRules.wrongName(name);
    if (wrong != null) {
      throw Query.bad("name", wrong);
    }
    Long after = keyset.after();
    int size = keyset.limit();
    Page<Message> page =
        Page.of(log.page(name, after == null ? 0 : after, size + 1), size, Message::id)
            .orShort(Message::id, last -> !log.page(name, last, 1).isEmpty());
    return JsonOut.page(page.items(), page.next(), MessagesResource::write);
  }

  @GET
  @Path("/{id}")
  @Operation(operationId = "getMessage", summary = "Look at a message")
  @APIResponse(
      responseCode = "200",
      description = "The message.",
      content = @Content(schema = @Schema(ref = Schemas.MESSAGE)))
  @APIResponse(responseCode = "404", ref = Schemas.BAD)
  public String get(@PathParam("id") @Parameter(schema = @Schema(ref = Schemas.ID)) String id) {
    try {
      return json(message(Long.parseLong(id)));
    } catch (NumberFormatException e) {
      throw new NotFound("message", id);
    }
  }

  private String append(BulkItems<NewMessage> items) {
    if (!items.hasNext() && items instanceof BulkLines<?>) {
      throw InvalidInput.malformed(
          "", "The body is empty; a line of JSON for each message is expected.");
    }
    try {
      return new JsonOut().open().number("appended", log.append(() -> items)).close().toString();
    } catch (InvalidInput e) {
      // The log counts messages; senders of lines count lines, blank ones too.
      throw e.position().isPresent() ? e.at(items.unit(), items.position()) : e;
    } catch (TooLarge e) {
      throw e.unit() == null ? e : e.at(items.unit(), items.position());
    }
  }

  private int longest() {
    return payloadLimit + ReadTask.ENVELOPE;
  }

  /** Who asks for one message by its id is no reader of the log: it need not be settled. */
  private Message message(long id) {
    return sql.first(
            "select " + MessageRow.COLUMNS + " from longshore.message m where m.id = ?",
            MessageRow::of,
            id)
        .orElseThrow(() -> new NotFound("message", id));
  }

  private static String json(Message message) {
    return JsonOut.one(message, MessagesResource::write);
  }

  private static void write(Message message, JsonOut out) {
    out.open()
        .number("id", message.id())
        .text("name", message.name())
        .raw("payload", message.payload().toString())
        .raw("metadata", message.metadata().toString())
        .time("createdAt", message.createdAt())
        .close();
  }
}
