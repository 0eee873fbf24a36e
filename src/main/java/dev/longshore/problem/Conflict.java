package dev.longshore.problem;

/** Well said, but not possible as things stand; nothing was changed. REST answers 409. */
public class Conflict extends RuntimeException {

  /** What stands in the way, and what the caller can do. */
  public Conflict(String message) {
    super(message);
  }
}
