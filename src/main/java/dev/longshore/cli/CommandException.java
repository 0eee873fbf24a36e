package dev.longshore.cli;

/** Ends a command with one line for people and an exit code. */
final class CommandException extends RuntimeException {

  private final int exitCode;

  CommandException(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  int exitCode() {
    return exitCode;
  }
}
