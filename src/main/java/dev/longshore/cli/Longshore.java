package dev.longshore.cli;

import dev.longshore.local.Installation;
import dev.longshore.local.Settings;
import dev.longshore.local.StartException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line's entry: parses, runs, and turns whatever happens into an exit code. */
@Command(
    name = "longshore",
    description = "Durable background work for Jakarta EE.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      Up.class,
      Demo.class,
      Submit.class,
      Tasks.class,
      Queues.class,
      Types.class,
      Watch.class,
      Workers.class,
      Bench.class,
      Chaos.class,
      New.class,
      Install.class,
      CommandLine.HelpCommand.class
    },
    footerHeading = "%nSettings, from the environment:%n",
    footer = {
      "  LONGSHORE_HOME          data directory, by default .longshore in the checkout",
      "  LONGSHORE_HTTP_PORT     by default 9080",
      "  LONGSHORE_WAR           the WAR to run, by default the build's",
      "  LONGSHORE_WORKER_ID     the node's id, by default the host's name",
      "  LONGSHORE_DB_URL, _USER, _PASSWORD          a PostgreSQL of one's own (JDBC URL)",
      "  LONGSHORE_BROKER_URL, _USER, _PASSWORD      an Artemis of one's own (tcp://host:port)",
      "",
      "Exit codes: 0 done, 1 the work failed, 2 bad input or surroundings."
    })
public final class Longshore implements Runnable {

  static final int DONE = 0;
  static final int WORK_FAILED = 1;
  static final int BAD_INPUT = 2;

  final Console console;
  final Settings settings;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  Longshore(Console console, Settings settings) {
    this.console = console;
    this.settings = settings;
  }

  public static void main(String[] args) {
    Settings settings = new Settings(System.getenv(), Installation.current());
    System.exit(run(new Console(), settings, args));
  }

  static int run(Console console, Settings settings, String... args) {
    return new CommandLine(new Longshore(console, settings))
        .setUsageHelpWidth(100)
        // "@file" is ours, for --payload.
        .setExpandAtFiles(false)
        .setOut(new PrintWriter(console.out(), true))
        .setErr(new PrintWriter(console.err(), true))
        .setParameterExceptionHandler((e, rest) -> refuse(console, e))
        .setExecutionExceptionHandler((e, line, result) -> fail(console, e))
        .execute(args);
  }

  private static int refuse(Console console, ParameterException e) {
    boolean top = e.getCommandLine().getParent() == null;
    boolean unknown = top && e instanceof UnmatchedArgumentException;
    console.error(
        (unknown
                ? "There is no command \""
                    + ((UnmatchedArgumentException) e).getUnmatched().get(0)
                    + "\"."
                : e.getMessage().replaceFirst("[^.]$", "$0."))
            + " Try \"./longshore help"
            + (top ? "" : " " + e.getCommandLine().getCommandName())
            + "\".");
    return BAD_INPUT;
  }

  private static int fail(Console console, Exception e) {
    if (e instanceof CommandException failed) {
      console.error(failed.getMessage());
      return failed.exitCode();
    }
    if (e instanceof StartException failed) {
      console.error(failed.getMessage());
      return BAD_INPUT;
    }
    console.error("A fault in the command line itself: " + e);
    e.printStackTrace(console.err());
    return BAD_INPUT;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "A command is missing.");
  }
}
