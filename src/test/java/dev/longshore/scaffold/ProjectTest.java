package dev.longshore.scaffold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where new classes go, what they are called, and what is refused. */
class ProjectTest {

  @TempDir Path directory;

  @BeforeEach
  void pom() throws IOException {
    pom("<groupId>org.shop</groupId><artifactId>shop</artifactId>");
  }

  @ParameterizedTest
  @CsvSource({
    "order-audit, OrderAuditWorker",
    "OrderAudit, OrderAuditWorker",
    "order.audit_2nd.b, ",
    "audit2, Audit2Worker",
    "night-worker, NightWorker",
    "object, ObjectWorker",
  })
  void theClassHasTheNameOfTheWorker(String name, String className) {
    if (className == null) {
      assertThatThrownBy(() -> project().worker(name, null)).isInstanceOf(ScaffoldException.class);
      return;
    }
    assertThat(project().worker(name, null))
        .containsExactly(
            directory.resolve("src/main/java/org/shop/" + className + ".java"),
            directory.resolve("src/test/java/org/shop/" + className + "Test.java"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "9lives", "a b", "../x", "a--b", "-a", "Ünicode", "a/b", "a."})
  void aBadNameIsRefusedAndNothingWritten(String name) throws IOException {
    assertThatThrownBy(() -> project().task(name, null))
        .isInstanceOf(ScaffoldException.class)
        .hasMessageContaining("nothing was written");
    assertThat(directory.resolve("src")).doesNotExist();
  }

  @Test
  void aFileThatIsThereStaysAsItIs() throws IOException {
    Path test = directory.resolve("src/test/java/org/shop/AHandlerTest.java");
    Files.createDirectories(test.getParent());
    Files.writeString(test, "mine");
    assertThatThrownBy(() -> project().task("a", null))
        .isInstanceOf(ScaffoldException.class)
        .hasMessageContaining("AHandlerTest.java is there already");
    assertThat(test).hasContent("mine");
    assertThat(directory.resolve("src/main")).doesNotExist();
  }

  @Test
  void aPipelineHasItsJobInTheFileOfItsName() throws IOException {
    List<Path> files = project().pipeline("report.build", null);
    assertThat(files).hasSize(4);
    Path job = directory.resolve("src/main/resources/META-INF/batch-jobs/report.build.xml");
    assertThat(Files.readString(job))
        .contains("<job id=\"report.build\"", "ref=\"reportBuildReader\"")
        .doesNotContain("${");
  }

  @Test
  void thePomsPropertyNamesThePackageAndAnOptionGoesBeforeIt() throws IOException {
    pom(
        "<groupId>g</groupId><properties><longshore.package>com.acme</longshore.package>"
            + "</properties>");
    assertThat(project().task("a", null).get(0)).endsWithRaw(Path.of("com/acme/AHandler.java"));
    assertThat(project().task("b", "x.y").get(0)).endsWithRaw(Path.of("x/y/BHandler.java"));
  }

  @Test
  void inLongshoreItselfItIsAWorkloadWithAPackageOfItsOwn() throws IOException {
    pom("<groupId>dev.longshore</groupId><artifactId>longshore</artifactId>");
    assertThat(project().worker("order-audit", null))
        .contains(
            directory.resolve("src/main/java/dev/longshore/workload/orderaudit/package-info.java"));
    assertThatThrownBy(() -> project().task("switch", null))
        .hasMessageContaining("no name for a package");
  }

  @Test
  void withoutAPomOrAPackageNothingIsWritten() throws IOException {
    pom("<artifactId>a</artifactId>");
    assertThatThrownBy(() -> project().task("a", null)).hasMessageContaining("give --package");
    Files.writeString(directory.resolve("pom.xml"), "no xml");
    assertThatThrownBy(this::project).hasMessageContaining("cannot be read");
    Files.delete(directory.resolve("pom.xml"));
    assertThatThrownBy(this::project).hasMessageContaining("There is no pom.xml");
  }

  @Test
  void aProjectIsWrittenIntoANewDirectoryOnly() throws IOException {
    assertThatThrownBy(() -> NewProject.write(directory, null, directory, "1"))
        .hasMessageContaining("is not empty");
    Path nine = directory.resolve("9");
    assertThatThrownBy(() -> NewProject.write(nine, null, directory, "1"))
        .hasMessageContaining("no name for a project");
    Path shop = directory.resolve("my-shop");
    assertThatThrownBy(() -> NewProject.write(shop, "no package", directory, "1"))
        .hasMessageContaining("no name for a package");
    assertThat(NewProject.write(shop, null, directory, "1")).hasSize(11);
    // It takes the place of Longshore's own in the project's WAR.
    String settings = "src/main/resources/META-INF/microprofile-config.properties";
    assertThat(Files.readString(shop.resolve(settings)))
        .endsWith(Files.readString(Path.of(settings)));
    assertThat(shop.resolve("longshore")).isExecutable();
    assertThat(shop.resolve("src/main/java/com/example/myshop/GreetingWorker.java")).exists();
    assertThat(Files.readString(shop.resolve("pom.xml")))
        .contains("<longshore.version>1<", "${longshore.version}", "<artifactId>my-shop<");
  }

  private void pom(String content) throws IOException {
    Files.writeString(directory.resolve("pom.xml"), "<project>" + content + "</project>");
  }

  private Project project() {
    return Project.in(directory);
  }
}
