package dev.longshore.edge.rest;

import dev.longshore.problem.NotFound;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;

/** 404 for an id that nothing has. */
@Provider
public class NotFoundMapper implements ExceptionMapper<NotFound> {

  @Override
  public Response toResponse(NotFound unknown) {
    return Problem.of(404, unknown.getMessage()).response();
  }
}
