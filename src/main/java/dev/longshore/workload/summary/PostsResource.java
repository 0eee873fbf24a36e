package dev.longshore.workload.summary;

import dev.longshore.problem.Body;
import dev.longshore.problem.Fields;
import dev.longshore.problem.JsonText;
import dev.longshore.problem.NotFound;
import dev.longshore.problem.Page;
import dev.longshore.problem.Query;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
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
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Posts with their summaries. */
@Path("/posts")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "posts")
public class PostsResource {

  /** What a body may need beside the text. */
  private static final int ENVELOPE = 2048;

  private static final int LONGEST_TITLE = 200;

  /** The response that every failure has, in META-INF/openapi.yaml. */
  private static final String BAD = "Problem";

  @Inject private Posts posts;

  @Inject
  @ConfigProperty(name = "longshore.payload.limit", defaultValue = "1048576")
  private int payloadLimit;

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "createPost",
      summary = "Write a post",
      description = "Its summary follows.")
  @RequestBody(
      required = true,
      content = @Content(mediaType = "application/json", schema = @Schema(ref = "NewPost")))
  @APIResponse(
      responseCode = "201",
      description = "Written.",
      content = @Content(schema = @Schema(ref = "Post")))
  @APIResponse(responseCode = "400", ref = BAD)
  @APIResponse(responseCode = "413", ref = BAD)
  @APIResponse(responseCode = "422", ref = BAD)
  public Response create(InputStream body, @Context UriInfo uri) throws IOException {
    Fields fields = new Fields(JsonText.object(Body.read(body, payloadLimit + ENVELOPE)));
    String title = fields.text("title");
    if (title != null && title.length() > LONGEST_TITLE) {
      fields.violation("title", "is longer than " + LONGEST_TITLE + " characters.");
    }
    String text = fields.text("text");
    if (!fields.isWrong("text") && (text == null || text.isBlank())) {
      fields.violation("text", "is missing or empty.");
    }
    fields.done();
    long id = posts.create(title == null ? "" : title, text);
    return Response.created(uri.getBaseUriBuilder().path("posts/{id}").build(id))
        .entity(json(posts.get(id)).toString())
        .build();
  }

  @GET
  @Operation(operationId = "listPosts", summary = "List posts with their summaries, newest first")
  @APIResponse(
      responseCode = "200",
      description = "A page; `next` is null on the last one.",
      content = @Content(schema = @Schema(ref = "PostPage")))
  @APIResponse(responseCode = "400", ref = BAD)
  public String list(
      @QueryParam("limit") String limit, @QueryParam("after") String after, @Context UriInfo uri) {
    Query.check(uri, Set.of("limit", "after"));
    int size = Query.limit(limit);
    Page<Post> page =
        Page.of(posts.page(Query.after(after), size + 1), size, Post::id)
            .orShort(Post::id, last -> !posts.page(last, 1).isEmpty());
    JsonArrayBuilder items = Json.createArrayBuilder();
    page.items().forEach(post -> items.add(json(post)));
    JsonObjectBuilder out = Json.createObjectBuilder().add("items", items);
    if (page.next() == null) {
      out.addNull("next");
    } else {
      out.add("next", page.next());
    }
    return out.build().toString();
  }

  @GET
  @Path("/{id}")
  @Operation(operationId = "getPost", summary = "Look at a post")
  @APIResponse(
      responseCode = "200",
      description = "The post.",
      content = @Content(schema = @Schema(ref = "Post")))
  @APIResponse(responseCode = "404", ref = BAD)
  public String get(@PathParam("id") String id) {
    try {
      return json(posts.get(Long.parseLong(id))).toString();
    } catch (NumberFormatException e) {
      throw new NotFound("post", id);
    }
  }

  private static JsonObject json(Post post) {
    JsonObjectBuilder out =
        Json.createObjectBuilder()
            .add("id", post.id())
            .add("title", post.title())
            .add("text", post.text())
            .add("status", post.status());
    text(out, "summary", post.summary());
    text(out, "error", post.error());
    text(out, "createdAt", time(post.createdAt()));
    text(out, "summarizedAt", time(post.summarizedAt()));
    return out.build();
  }

  private static void text(JsonObjectBuilder out, String name, String value) {
    if (value == null) {
      out.addNull(name);
    } else {
      out.add(name, value);
    }
  }

  private static String time(OffsetDateTime time) {
    return time == null ? null : time.withOffsetSameInstant(ZoneOffset.UTC).toString();
  }
}
