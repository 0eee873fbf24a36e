package dev.longshore.task;

import java.util.Locale;

/**
 * How the claims of a task type run. Each lane is one Artemis queue and one message-driven bean.
 */
public enum Lane {
  /** Short tasks: many of one type share a claim and run as the items of one chunk step. */
  QUICK,
  /** One task, one claim, one batch job. */
  LONG;

  /** The name in the database and in JSON: lower case. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The lane of that {@link #label}. */
  public static Lane of(String label) {
    return valueOf(label.toUpperCase(Locale.ROOT));
  }
}
