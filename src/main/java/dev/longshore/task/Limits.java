package dev.longshore.task;

/**
 * How much of a queue or of a type may be under way, over all nodes. A task is under way from its
 * claim to the end of its attempt. Each part may be {@code null}: no such limit.
 *
 * @param tasks how many tasks, 1 or more
 * @param perKey how many tasks of one key; 1 makes keys exclusive, and their tasks run in order
 * @param rate how many may start in an interval
 * @param keyRate how many of one key may
 */
public record Limits(Integer tasks, Integer perKey, Rate rate, Rate keyRate) {

  public static final Limits NONE = new Limits(null, null, null, null);

  public Limits {
    atLeastOne("limit", tasks);
    atLeastOne("keyLimit", perKey);
  }

  public boolean isNone() {
    return equals(NONE);
  }

  /** As the start-up log says it. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    append(text, tasks, " at once");
    append(text, perKey, " of a key at once");
    append(text, rate, "");
    append(text, keyRate, " of a key");
    return text.isEmpty() ? "none" : text.toString();
  }

  private static void append(StringBuilder text, Object limit, String what) {
    if (limit != null) {
      text.append(text.isEmpty() ? "" : " and ").append(limit).append(what);
    }
  }

  private static void atLeastOne(String name, Integer limit) {
    if (limit != null && limit < 1) {
      throw new IllegalArgumentException(name + " " + limit + " is below 1");
    }
  }
}
