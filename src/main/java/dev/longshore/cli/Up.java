package dev.longshore.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** Starts a node with its servers and keeps them until a signal comes. */
@Command(
    name = "up",
    description =
        "Starts PostgreSQL, Artemis and Open Liberty, prints one line \"ready URL\" when work can"
            + " be submitted, and runs until Ctrl-C or SIGTERM.")
final class Up implements Callable<Integer> {

  @ParentCommand private Longshore longshore;

  @Override
  public Integer call() {
    try (Session session = Session.start(longshore, Map.of(), Longshore.DONE)) {
      longshore.console.print("ready " + session.stack().url());
      session.stack().supervise();
    }
    return Longshore.DONE;
  }
}
