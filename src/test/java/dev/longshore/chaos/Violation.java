package dev.longshore.chaos;

/** A rule that a history breaks, and where. */
record Violation(Rule rule, String detail) {
  @Override
  public String toString() {
    return rule.title() + ": " + detail;
  }
}
