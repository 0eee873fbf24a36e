package dev.longshore.workload.issue;

import dev.longshore.problem.Body;
import dev.longshore.problem.Fields;
import dev.longshore.problem.JsonText;
import dev.longshore.problem.NotFound;
import dev.longshore.problem.Page;
import dev.longshore.problem.Query;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
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
import java.util.List;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Issues: submit, list, look at, read what their commands say. */
@Path("/issues")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "issues")
public class IssuesResource {

  private static final List<String> STATUSES =
      List.of("pending", "started", "completed", "failed", "cancelled");

  /** What a body may need beside the description. */
  private static final int ENVELOPE = 1024;

  /** The response that every failure has, in META-INF/openapi.yaml. */
  private static final String BAD = "Problem";

  @Inject private Issues issues;
  @Inject private RunLog log;

  @Inject
  @ConfigProperty(name = "longshore.payload.limit", defaultValue = "1048576")
  private int payloadLimit;

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "submitIssue",
      summary = "Submit an issue",
      description = "Stores the issue and its task in one transaction.")
  @RequestBody(
      required = true,
      content = @Content(mediaType = "application/json", schema = @Schema(ref = "NewIssue")))
  @APIResponse(
      responseCode = "201",
      description = "Submitted.",
      content = @Content(schema = @Schema(ref = "Issue")))
  @APIResponse(responseCode = "400", ref = BAD)
  @APIResponse(responseCode = "413", ref = BAD)
  @APIResponse(responseCode = "422", ref = BAD)
  public Response submit(InputStream body, @Context UriInfo uri) throws IOException {
    Fields fields = new Fields(JsonText.object(Body.read(body, payloadLimit + ENVELOPE)));
    String description = fields.text("description");
    if (!fields.isWrong("description") && (description == null || description.isBlank())) {
      fields.violation("description", "is missing or empty; it says what is to be done.");
    }
    fields.done();
    int id = issues.submit(description);
    return Response.created(uri.getBaseUriBuilder().path("issues/{id}").build(id))
        .entity(IssueJson.issue(issues.get(id)).toString())
        .build();
  }

  @GET
  @Operation(operationId = "listIssues", summary = "List issues, newest first")
  @APIResponse(
      responseCode = "200",
      description = "A page; `next` is null on the last one.",
      content = @Content(schema = @Schema(ref = "IssuePage")))
  @APIResponse(responseCode = "400", ref = BAD)
  public String list(
      @Parameter(description = "pending, started, completed, failed or cancelled")
          @QueryParam("status")
          String status,
      @Parameter(description = "1 to 1000, 100 by default") @QueryParam("limit") String limit,
      @Parameter(description = "What the page before gave as next.") @QueryParam("after")
          String after,
      @Context UriInfo uri) {
    Query.check(uri, Set.of("status", "limit", "after"));
    if (status != null && !STATUSES.contains(status)) {
      throw Query.bad("status", "must be one of " + String.join(", ", STATUSES) + ".");
    }
    int size = Query.limit(limit);
    Long below = Query.after(after);
    Page<Issue> page = Page.of(issues.page(status, below, size + 1), size, Issue::id);
    return IssueJson.page(page.items(), IssueJson::issue, page.next()).toString();
  }

  @GET
  @Path("/{id}")
  @Operation(operationId = "getIssue", summary = "Look at an issue")
  @APIResponse(
      responseCode = "200",
      description = "The issue.",
      content = @Content(schema = @Schema(ref = "Issue")))
  @APIResponse(responseCode = "404", ref = BAD)
  public String get(@PathParam("id") String id) {
    return IssueJson.issue(issue(id)).toString();
  }

  @GET
  @Path("/{id}/attempts")
  @Operation(
      operationId = "listIssueAttempts",
      summary = "The runs of an issue's latest task, first one first")
  @APIResponse(
      responseCode = "200",
      description = "All of them on one page.",
      content = @Content(schema = @Schema(ref = "IssueAttemptPage")))
  @APIResponse(responseCode = "404", ref = BAD)
  public String attempts(@PathParam("id") String id) {
    return IssueJson.page(issues.runs(issue(id)), IssueJson::run, null).toString();
  }

  @GET
  @Path("/{id}/log")
  @Produces("text/plain;charset=UTF-8")
  @Operation(
      operationId = "readIssueLog",
      summary = "What the command of an attempt has written",
      description =
          "While it runs, too: new output is there about a second later. Of more than"
              + " `longshore.issue.log-limit` bytes the first and the last half are kept, and a"
              + " line says what was cut.")
  @APIResponse(
      responseCode = "200",
      description = "Standard output and standard error, as they came. Empty before the first run.",
      content = @Content(mediaType = "text/plain"))
  @APIResponse(responseCode = "400", ref = BAD)
  @APIResponse(responseCode = "404", ref = BAD)
  public String log(
      @PathParam("id") String id,
      @Parameter(description = "The number of an attempt; the latest by default")
          @QueryParam("attempt")
          String attempt,
      @Context UriInfo uri) {
    Query.check(uri, Set.of("attempt"));
    Issue issue = issue(id);
    List<Issue.Run> runs = issues.runs(issue);
    Issue.Run run;
    if (attempt == null) {
      run = runs.isEmpty() ? null : runs.get(runs.size() - 1);
    } else {
      int number = number("attempt", attempt);
      run =
          runs.stream()
              .filter(r -> r.number() == number)
              .findFirst()
              .orElseThrow(() -> new NotFound("attempt", number + " of issue " + id));
    }
    return run == null ? "" : LogText.of(log.read(issue.task(), run.claim()));
  }

  private Issue issue(String id) {
    try {
      return issues.get(Integer.parseInt(id));
    } catch (NumberFormatException e) {
      throw new NotFound("issue", id);
    }
  }

  private static int number(String name, String text) {
    try {
      int number = Integer.parseInt(text);
      if (number >= 1) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw Query.bad(name, "must be a whole number from 1 to " + Integer.MAX_VALUE + ".");
  }
}
