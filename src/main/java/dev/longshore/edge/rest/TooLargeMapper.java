package dev.longshore.edge.rest;

import dev.longshore.problem.TooLarge;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;

/** 413 for more bytes than a setting allows. */
@Provider
public class TooLargeMapper implements ExceptionMapper<TooLarge> {

  @Override
  public Response toResponse(TooLarge large) {
    return Problem.of(large).response();
  }
}
