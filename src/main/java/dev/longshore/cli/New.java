package dev.longshore.cli;

import dev.longshore.scaffold.NewProject;
import dev.longshore.scaffold.Project;
import dev.longshore.scaffold.ScaffoldException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Writes new code: into the project it is called in, or a project of its own. */
@Command(
    name = "new",
    description = "Writes an event worker, a task type or a whole project, each with a test.")
final class New implements Callable<Integer> {

  @ParentCommand private Longshore longshore;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(), "What is to be new? worker NAME, task NAME or project DIR");
  }

  @Command(name = "worker", description = "Writes an event worker into the current project.")
  int worker(
      @Parameters(paramLabel = "NAME", description = "Such as order-audit.") String name,
      @Option(names = "--package", description = "By default the project's.") String in) {
    return told(() -> project().worker(name, in));
  }

  @Command(name = "task", description = "Writes a task type into the current project.")
  int task(
      @Parameters(paramLabel = "NAME", description = "Such as image.resize.") String name,
      @Option(names = "--pipeline", description = "Run by a batch job of its own, in steps.")
          boolean pipeline,
      @Option(names = "--package", description = "By default the project's.") String in) {
    return told(() -> pipeline ? project().pipeline(name, in) : project().task(name, in));
  }

  @Command(
      name = "project",
      description = "Writes a Maven project whose WAR carries Longshore as a library.")
  int project(
      @Parameters(paramLabel = "DIR", description = "A new directory.") Path directory,
      @Option(names = "--package", description = "By default com.example and DIR's name.")
          String in) {
    Path checkout = longshore.settings.checkout();
    told(() -> NewProject.write(directory, in, checkout, Install.version(checkout)));
    Install.run(longshore);
    longshore.console.say("Next: cd " + directory + " && mvn verify && ./longshore up");
    return Longshore.DONE;
  }

  @FunctionalInterface
  private interface Writing {
    List<Path> write();
  }

  private int told(Writing writing) {
    try {
      writing.write().forEach(file -> longshore.console.print(file.toString()));
      return Longshore.DONE;
    } catch (ScaffoldException e) {
      throw new CommandException(Longshore.BAD_INPUT, e.getMessage());
    }
  }

  /** A project's own launcher names it; otherwise it is where the command is called. */
  private Project project() {
    String named = longshore.settings.get("LONGSHORE_PROJECT");
    return Project.in(Path.of(named == null ? "" : named).toAbsolutePath());
  }
}
