package dev.longshore.local;

/**
 * A server did not start, or its surroundings do not allow it. The message is one line, for people:
 * what happened, what follows, what to do.
 */
public class StartException extends RuntimeException {

  public StartException(String message) {
    super(message);
  }

  public StartException(String message, Throwable cause) {
    super(message, cause);
  }
}
