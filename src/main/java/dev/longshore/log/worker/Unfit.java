package dev.longshore.log.worker;

/** The payload does not fit the handler's: nothing was called, and so nothing is to be undone. */
final class Unfit extends SetAside {

  private static final long serialVersionUID = 1L;

  Unfit(String message, Throwable cause) {
    super(message, cause);
  }
}
