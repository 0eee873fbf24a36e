package dev.longshore.scaffold;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.lang.model.SourceVersion;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/** A Maven project to write new classes into. */
public final class Project {

  private static final String PACKAGE = "longshore.package";

  private final Path directory;
  private final Element pom;

  private Project(Path directory, Element pom) {
    this.directory = directory;
    this.pom = pom;
  }

  /**
   * The project of a directory.
   *
   * @throws ScaffoldException when there is no {@code pom.xml} in it that can be read
   */
  public static Project in(Path directory) {
    Path pom = directory.resolve("pom.xml");
    if (!Files.isRegularFile(pom)) {
      throw new ScaffoldException(
          "There is no pom.xml in "
              + directory
              + ", nothing was written: go to a project, or make one with ./longshore new project.");
    }
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      return new Project(
          directory, factory.newDocumentBuilder().parse(pom.toFile()).getDocumentElement());
    } catch (IOException | SAXException | ParserConfigurationException e) {
      throw new ScaffoldException(pom + " cannot be read (" + e + "), nothing was written.", e);
    }
  }

  /**
   * Writes an event worker and its test.
   *
   * @param inPackage {@code null} for what the pom's property {@code longshore.package} says, or
   *     else its group id; in Longshore's own checkout, a workload of its own
   * @return the new files
   * @throws ScaffoldException when the name is bad or a file is there; then nothing is written
   */
  public List<Path> worker(String name, String inPackage) {
    return files("worker", "Worker", Name.of(name), inPackage).write();
  }

  /** The same with a task handler. */
  public List<Path> task(String name, String inPackage) {
    return files("task", "Handler", Name.of(name), inPackage).write();
  }

  /** The same with a pipeline: its type, its steps and its batch job. */
  public List<Path> pipeline(String given, String inPackage) {
    Name name = Name.of(given);
    NewFiles files = files("pipeline", "Pipeline", name, inPackage);
    Map<String, String> values = values(name, "Pipeline", packageOf(name, inPackage));
    files.add(
        sources("main", values).resolve(values.get("class") + "Steps.java"),
        "pipeline/Steps.java",
        values);
    files.add(
        directory.resolve("src/main/resources/META-INF/batch-jobs/" + name.text() + ".xml"),
        "pipeline/job.xml",
        values);
    return files.write();
  }

  private NewFiles files(String kind, String suffix, Name name, String inPackage) {
    String in = packageOf(name, inPackage);
    NewFiles files = files(directory, kind, suffix, name, in);
    if (isLongshore() && inPackage == null) {
      files.addText(
          sources(directory, "main", in).resolve("package-info.java"),
          "/** The workload " + name.text() + ". */\npackage " + in + ";\n");
    }
    return files;
  }

  /** The class and its test. */
  static NewFiles files(Path directory, String kind, String suffix, Name name, String inPackage) {
    Map<String, String> values = values(name, suffix, inPackage);
    NewFiles files = new NewFiles();
    files.add(
        sources(directory, "main", inPackage).resolve(values.get("class") + ".java"),
        kind + "/" + suffix + ".java",
        values);
    files.add(
        sources(directory, "test", inPackage).resolve(values.get("class") + "Test.java"),
        kind + "/" + suffix + "Test.java",
        values);
    return files;
  }

  static Path sources(Path directory, String of, String inPackage) {
    return directory.resolve("src/" + of + "/java").resolve(inPackage.replace('.', '/'));
  }

  static void requirePackage(String name) {
    if (!SourceVersion.isName(name, SourceVersion.RELEASE_17)) {
      throw new ScaffoldException(
          "\"" + name + "\" is no name for a package, nothing was written: give --package.");
    }
  }

  private Path sources(String of, Map<String, String> values) {
    return sources(directory, of, values.get("package"));
  }

  private static Map<String, String> values(Name name, String suffix, String inPackage) {
    return Map.of(
        "package", inPackage,
        "name", name.text(),
        "bean", name.bean(),
        "class", name.className(suffix));
  }

  private String packageOf(Name name, String given) {
    String found = given;
    if (found == null) {
      Element properties = child(pom, "properties");
      Element property = properties == null ? null : child(properties, PACKAGE);
      found =
          property != null
              ? property.getTextContent().strip()
              : isLongshore() ? "dev.longshore.workload." + name.plain() : text("groupId");
    }
    if (found == null) {
      throw new ScaffoldException(
          directory.resolve("pom.xml")
              + " has neither the property "
              + PACKAGE
              + " nor a groupId, nothing was written: give --package.");
    }
    requirePackage(found);
    return found;
  }

  private boolean isLongshore() {
    return "dev.longshore".equals(text("groupId")) && "longshore".equals(text("artifactId"));
  }

  private String text(String element) {
    Element child = child(pom, element);
    return child == null ? null : child.getTextContent().strip();
  }

  private static Element child(Element of, String name) {
    for (Node n = of.getFirstChild(); n != null; n = n.getNextSibling()) {
      if (n instanceof Element child && child.getTagName().equals(name)) {
        return child;
      }
    }
    return null;
  }
}
