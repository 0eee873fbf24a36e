package dev.longshore.scaffold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.local.Installation;
import dev.longshore.story.Coverage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code ./longshore new} writes builds, passes its tests without servers, and runs: its WAR
 * is started once by the project's launcher, for its own test on real servers.
 */
class ScaffoldIT {

  private static final String LAUNCHER =
      Installation.current().checkout().resolve("longshore").toString();

  @TempDir Path directory;

  @Test
  void a_new_project_with_a_new_worker_task_and_pipeline_is_verified() throws Exception {
    Path shop = directory.resolve("shop");
    assertThat(run(directory, LAUNCHER, "new", "project", "shop")).isZero();
    assertThat(run(shop, "./longshore", "new", "worker", "order-audit")).isZero();
    assertThat(run(shop, "./longshore", "new", "task", "image.resize")).isZero();
    assertThat(run(shop, "./longshore", "new", "task", "report.build", "--pipeline")).isZero();
    Path sources = shop.resolve("src/test/java/com/example/shop");
    Files.writeString(
        sources.resolve("NewIT.java"),
        """
        package com.example.shop;

        import static org.assertj.core.api.Assertions.assertThat;

        import dev.longshore.test.RealServers;
        import dev.longshore.test.RunningNode;
        import jakarta.json.Json;
        import org.junit.jupiter.api.Test;
        import org.junit.jupiter.api.extension.ExtendWith;

        @ExtendWith(RealServers.class)
        class NewIT {
          @Test
          void thePipelineRuns(RunningNode node) {
            var task = node.run("report.build", Json.createObjectBuilder().add("items", 25).build());
            assertThat(task.getString("state")).isEqualTo("succeeded");
            assertThat(task.getJsonObject("progress").getInt("done")).isEqualTo(25);
          }

          @Test
          void theWorkerRuns(RunningNode node) {
            var payload = Json.createObjectBuilder().add("who", "Ben").build();
            node.awaitHandled("order-audit", node.append("order-audit/greet", payload));
          }
        }
        """);

    assertThat(run(shop, "mvn", "-B", "-q", "verify")).isZero();

    assertThat(testsIn(shop, "surefire", "OrderAuditWorkerTest")).contains("tests=\"3\"");
    assertThat(testsIn(shop, "surefire", "ImageResizeHandlerTest")).contains("tests=\"3\"");
    assertThat(testsIn(shop, "surefire", "ReportBuildPipelineTest")).contains("tests=\"2\"");
    assertThat(testsIn(shop, "failsafe", "ApplicationIT")).contains("tests=\"2\"");
    assertThat(testsIn(shop, "failsafe", "NewIT")).contains("tests=\"2\"");
    assertThat(shop.resolve("target").toFile().list((d, name) -> name.startsWith("it-"))).isEmpty();
    assertThat(Files.readString(shop.resolve(".gitignore"))).contains("/.longshore-checkout");
    for (String committed : List.of("pom.xml", "longshore", "README.md")) {
      assertThat(Files.readString(shop.resolve(committed)))
          .doesNotContain(Installation.current().checkout().toString());
    }
  }

  private static String testsIn(Path project, String by, String test) throws IOException {
    return Files.readString(
        project.resolve("target/" + by + "-reports/TEST-com.example.shop." + test + ".xml"));
  }

  private static int run(Path where, String... command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).directory(where.toFile()).inheritIO();
    builder.environment().keySet().removeIf(name -> name.startsWith("LONGSHORE_"));
    if (!command[0].equals("mvn")) {
      builder.environment().put("LONGSHORE_LAUNCHER_OPTIONS", Coverage.agent().strip());
    }
    return builder.start().waitFor();
  }
}
