package dev.longshore.problem;

/** There is nothing under that name. REST answers 404. */
public class NotFound extends RuntimeException {

  /**
   * @param what such as {@code task}
   * @param id as the caller gave it
   */
  public NotFound(String what, Object id) {
    super("There is no " + what + " " + id + ".");
  }
}
