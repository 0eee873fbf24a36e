package dev.longshore.edge.rest;

import dev.longshore.problem.Conflict;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;

/** 409 for what is not possible as things stand. */
@Provider
public class ConflictMapper implements ExceptionMapper<Conflict> {

  @Override
  public Response toResponse(Conflict conflict) {
    return Problem.of(409, conflict.getMessage()).response();
  }
}
