package dev.longshore.log.worker;

import java.util.List;
import java.util.Locale;

/**
 * How a worker is.
 *
 * @param reasons why it is not healthy, each a sentence; empty when it is
 */
public record Health(Status status, List<String> reasons) {

  /** In this order they outweigh each other. */
  public enum Status {
    HEALTHY,
    DEGRADED,
    UNHEALTHY;

    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
