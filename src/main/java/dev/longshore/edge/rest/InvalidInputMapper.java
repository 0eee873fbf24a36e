package dev.longshore.edge.rest;

import dev.longshore.problem.InvalidInput;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;

/** 400 or 422, with each bad field. */
@Provider
public class InvalidInputMapper implements ExceptionMapper<InvalidInput> {

  @Override
  public Response toResponse(InvalidInput bad) {
    return Problem.of(bad).response();
  }
}
