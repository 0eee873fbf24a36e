package dev.longshore.workload.diagnostic;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Whether the diagnostic types are there: the launcher says so, elsewhere they are not. */
@ApplicationScoped
class Diagnostics {

  @Inject
  @ConfigProperty(name = "longshore.diagnostics", defaultValue = "false")
  private boolean enabled;

  boolean enabled() {
    return enabled;
  }
}
