package dev.longshore.edge.rest;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;

/** What Jakarta REST itself refuses: no such path, method or media type. */
@Provider
public class RefusedMapper implements ExceptionMapper<WebApplicationException> {

  @Context private UriInfo uri;
  @Context private Request request;
  @Context private HttpHeaders headers;

  @Override
  public Response toResponse(WebApplicationException refused) {
    Response given = refused.getResponse();
    if (given.getStatus() < 400) {
      return given; // a redirection is no failure
    }
    Response.ResponseBuilder answer = Problem.of(given.getStatus(), detail(given)).builder();
    String allow = given.getHeaderString(HttpHeaders.ALLOW);
    return allow == null ? answer.build() : answer.header(HttpHeaders.ALLOW, allow).build();
  }

  private String detail(Response given) {
    String path = "/api/" + uri.getPath().replaceFirst("^/", "");
    return switch (given.getStatus()) {
      case 404 -> "There is nothing at " + path + "; /openapi says what there is.";
      case 405 ->
          request.getMethod()
              + " is not possible at "
              + path
              + "; allowed: "
              + given.getHeaderString(HttpHeaders.ALLOW)
              + ".";
      case 406 -> "None of the media types in Accept is written here; application/json is.";
      case 415 -> {
        String type = headers.getHeaderString(HttpHeaders.CONTENT_TYPE);
        yield (type == null
                ? "The Content-Type is missing"
                : "A body of " + type + " is not read here")
            + "; send application/json, or application/x-ndjson where /openapi names it.";
      }
      default -> "The request was refused: " + given.getStatusInfo().getReasonPhrase() + ".";
    };
  }
}
