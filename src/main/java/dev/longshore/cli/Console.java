package dev.longshore.cli;

import java.io.InputStream;
import java.io.PrintStream;

/** The terminal or what stands in its place: results on one stream, talk on the other. */
final class Console {

  private final InputStream in;
  private final PrintStream out;
  private final PrintStream err;
  private final boolean terminal;

  /** The process's own; the launcher script knows whether a terminal is there. */
  Console() {
    this(System.in, System.out, System.err, Boolean.getBoolean("longshore.terminal"));
  }

  Console(InputStream in, PrintStream out, PrintStream err, boolean terminal) {
    this.in = in;
    this.out = out;
    this.err = err;
    this.terminal = terminal;
  }

  InputStream in() {
    return in;
  }

  PrintStream out() {
    return out;
  }

  PrintStream err() {
    return err;
  }

  boolean isTerminal() {
    return terminal;
  }

  /** A result: standard output. */
  void print(String line) {
    out.println(line);
    out.flush();
  }

  /** Talk about what goes on: standard error. */
  void say(String line) {
    err.println(line);
  }

  /** Why a command did not do what it was asked to: one line. */
  void error(String message) {
    err.println("longshore: " + message.strip().replaceAll("\\s*\\R\\s*", " "));
  }
}
