package dev.longshore.engine.limit;

import java.time.OffsetDateTime;

/**
 * How many more may be claimed.
 *
 * @param count at least 0
 * @param opensAt when there will be one more by the passing of time; {@code null} when only the end
 *     of a task can make room
 */
record Allowed(int count, OffsetDateTime opensAt) {

  static final Allowed ANY = new Allowed(Integer.MAX_VALUE, null);
  static final Allowed NONE = new Allowed(0, null);
}
