package dev.longshore.engine.batch;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.jberet.runtime.AbstractStepExecution;

/** An exception as it is kept: class, message and trace, never Java-serialized. */
final class ErrorText {

  static final int LIMIT = 8 * 1024;

  private ErrorText() {}

  /** What made the step fail, or {@code null}. */
  static String of(AbstractStepExecution step) {
    try {
      return of(step.getException());
    } catch (RuntimeException e) {
      // JBeret holds it serialized, not every one comes back from that, and the message is bytes.
      Throwable why = e.getCause() == null ? e : e.getCause();
      return "What made the step fail could not be read back: " + of(why);
    }
  }

  /** The same as it was thrown; {@code null} also where it could not be read back. */
  static Throwable thrown(AbstractStepExecution step) {
    try {
      return step.getException();
    } catch (RuntimeException e) {
      return null; // of(step) says so
    }
  }

  static String of(Throwable error) {
    if (error == null) {
      return null;
    }
    StringWriter text = new StringWriter();
    error.printStackTrace(new PrintWriter(text, true));
    // PostgreSQL's text has no NUL.
    String trace = text.toString().replace('\0', ' ').strip();
    return trace.length() <= LIMIT ? trace : trace.substring(0, LIMIT - 1) + "…";
  }
}
