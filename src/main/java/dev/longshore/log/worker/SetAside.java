package dev.longshore.log.worker;

/** A handler's way to say that no other attempt will help: its message is set aside at once. */
public class SetAside extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * @param message why, for the dead letter
   */
  public SetAside(String message) {
    super(message);
  }

  public SetAside(String message, Throwable cause) {
    super(message, cause);
  }
}
