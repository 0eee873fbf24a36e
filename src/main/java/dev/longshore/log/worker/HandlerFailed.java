package dev.longshore.log.worker;

/** Has the chunk rolled back and its items run one at a time. */
public class HandlerFailed extends Exception {

  private static final long serialVersionUID = 1L;

  HandlerFailed(Throwable cause) {
    super(cause);
  }
}
