package dev.longshore.cli;

import dev.longshore.local.Installation;
import dev.longshore.local.Stack;
import java.util.Map;

/** Servers that run as long as a command does, and that a signal stops cleanly. */
final class Session implements AutoCloseable {

  private final Stack stack;
  private final Thread stop;

  private Session(Stack stack, int exitCodeOnSignal) {
    this.stack = stack;
    this.stop =
        new Thread(
            () -> {
              stack.close();
              // A JVM that ends by a signal would answer 128 and the signal's number.
              Runtime.getRuntime().halt(exitCodeOnSignal);
            },
            "stop");
  }

  /**
   * Starts the servers in the settings' home.
   *
   * @param nodeEnvironment settings for the node alone
   */
  static Session start(
      Longshore longshore, Map<String, String> nodeEnvironment, int exitCodeOnSignal) {
    Stack stack =
        new Stack(
            Installation.current(), longshore.settings, nodeEnvironment, longshore.console::say);
    Session session = new Session(stack, exitCodeOnSignal);
    Runtime.getRuntime().addShutdownHook(session.stop);
    try {
      stack.start();
      return session;
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }

  Stack stack() {
    return stack;
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(stop);
    } catch (IllegalStateException e) {
      awaitHalt();
    }
    stack.close();
  }

  /** A signal came first: its hook stops the servers and ends the process. */
  private static void awaitHalt() {
    while (true) {
      try {
        Thread.sleep(Long.MAX_VALUE);
      } catch (InterruptedException e) {
        // Nothing else is left to do here.
      }
    }
  }
}
