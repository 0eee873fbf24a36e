package dev.longshore.scaffold;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** A project of one's own: its WAR carries Longshore, one event worker and one task handler. */
public final class NewProject {

  private static final Name WORKER = new Name("greeting");
  private static final Name TASK = new Name("letters.count");

  private NewProject() {}

  /**
   * Writes it.
   *
   * @param directory missing or empty
   * @param inPackage {@code null} for {@code com.example} and the directory's name
   * @param checkout Longshore's, remembered in a file that the project does not commit
   * @param version of Longshore
   * @return the new files
   * @throws ScaffoldException when that cannot be; then nothing is written
   */
  public static List<Path> write(Path directory, String inPackage, Path checkout, String version) {
    Path project = directory.toAbsolutePath().normalize();
    requireEmpty(project);
    String artifact = project.getFileName().toString().toLowerCase(Locale.ROOT);
    if (!artifact.matches("[a-z][a-z0-9._-]*")) {
      throw new ScaffoldException(
          "\""
              + project.getFileName()
              + "\" is no name for a project, nothing was written: letters, digits, dots, dashes and"
              + " underscores, a letter first.");
    }
    String in =
        inPackage == null ? "com.example." + artifact.replaceAll("[^a-z0-9]", "") : inPackage;
    Project.requirePackage(in);
    int dot = in.lastIndexOf('.');
    Map<String, String> values =
        Map.of(
            "package",
            in,
            "group",
            dot < 0 ? in : in.substring(0, dot),
            "artifact",
            artifact,
            "longshoreVersion",
            version,
            "worker",
            WORKER.text(),
            "task",
            TASK.text());
    NewFiles files = new NewFiles();
    files.add(project.resolve("pom.xml"), "project/pom.xml", values);
    files.add(project.resolve("README.md"), "project/README.md", values);
    files.add(project.resolve(".gitignore"), "project/gitignore", values);
    Path launcher = project.resolve("longshore");
    files.add(launcher, "project/longshore", values);
    files.addText(project.resolve(".longshore-checkout"), checkout + "\n");
    files.add(
        project.resolve("src/main/resources/META-INF/microprofile-config.properties"),
        "project/microprofile-config.properties",
        values);
    files.addAll(Project.files(project, "worker", "Worker", WORKER, in));
    files.addAll(Project.files(project, "task", "Handler", TASK, in));
    files.add(
        Project.sources(project, "test", in).resolve("ApplicationIT.java"),
        "project/ApplicationIT.java",
        values);
    List<Path> written = files.write();
    if (!launcher.toFile().setExecutable(true)) {
      throw new ScaffoldException(launcher + " cannot be made executable: run it with sh.");
    }
    return written;
  }

  private static void requireEmpty(Path directory) {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.list(directory)) {
      if (files.findAny().isEmpty()) {
        return;
      }
    } catch (IOException e) {
      throw new ScaffoldException(directory + " is no directory, nothing was written.", e);
    }
    throw new ScaffoldException(
        directory + " is not empty, nothing was written: name a directory that is new.");
  }
}
