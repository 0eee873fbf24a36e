package dev.longshore.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** Puts what the build has made into the local Maven repository. */
@Command(
    name = "install",
    description =
        "Puts Longshore's library and test kit into the local Maven repository, for projects of"
            + " one's own.")
final class Install implements Callable<Integer> {

  private static final Pattern VERSION = Pattern.compile("<version>([^<]+)</version>");

  @ParentCommand private Longshore longshore;

  @Override
  public Integer call() {
    run(longshore);
    return Longshore.DONE;
  }

  /** By Maven itself, which knows where the repository is; the executions stand in pom.xml. */
  static void run(Longshore longshore) {
    longshore.console.say("installing Longshore into the local Maven repository");
    List<String> command =
        List.of(
            "mvn",
            "-q",
            "-B",
            "-Dstyle.color=never",
            "install:install-file@library",
            "install:install-file@war",
            "install:install-file@test-kit");
    try {
      Process maven =
          new ProcessBuilder(command)
              .directory(longshore.settings.checkout().toFile())
              .redirectErrorStream(true)
              .start();
      maven.getOutputStream().close();
      maven.getInputStream().transferTo(longshore.console.err()); // standard output is for results
      int code = maven.waitFor();
      if (code != 0) {
        throw failed("Maven answers with " + code + ", see above");
      }
    } catch (IOException e) {
      throw failed(e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("interrupted");
    }
  }

  /** The version of the checkout: the first one in its pom. */
  static String version(Path checkout) {
    try {
      Matcher version = VERSION.matcher(Files.readString(checkout.resolve("pom.xml")));
      if (version.find()) {
        return version.group(1);
      }
      throw failed("its pom.xml names no version");
    } catch (IOException e) {
      throw failed("its pom.xml cannot be read: " + e);
    }
  }

  private static CommandException failed(String why) {
    return new CommandException(
        Longshore.BAD_INPUT,
        "Longshore could not be installed into the local Maven repository ("
            + why
            + "): projects of one's own do not build before ./longshore install.");
  }
}
