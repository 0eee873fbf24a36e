package dev.longshore.edge.rest;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.ext.Provider;
import java.util.Set;

/**
 * Refuses changes that another site asks for: a browser that knows the password for HTTP basic
 * sends it along with any form. Every browser says where a request comes from; programs don't, and
 * need not.
 */
@Provider
public class CrossSite implements ContainerRequestFilter {

  @Override
  public void filter(ContainerRequestContext request) {
    String from = request.getHeaderString("Sec-Fetch-Site");
    if (from != null
        && !Set.of("same-origin", "none").contains(from)
        && !Set.of("GET", "HEAD", "OPTIONS").contains(request.getMethod())) {
      request.abortWith(
          Problem.of(403, "Another site asked for this; only Longshore's own pages may.")
              .response());
    }
  }
}
