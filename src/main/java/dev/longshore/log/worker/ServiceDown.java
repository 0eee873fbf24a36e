package dev.longshore.log.worker;

/** A handler's way to say that a service it needs is down; {@link WhenDown} says what follows. */
public class ServiceDown extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * @param message which service, and what it answered
   */
  public ServiceDown(String message) {
    super(message);
  }

  public ServiceDown(String message, Throwable cause) {
    super(message, cause);
  }
}
