package dev.longshore.edge.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.story.Cluster;
import jakarta.json.JsonObject;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What programs are generated from says what there is, and how it fails. */
@Execution(ExecutionMode.SAME_THREAD)
class OpenApiIT {

  @Test
  void everyOperationIsDescribedWithItsFailures() {
    JsonObject api = Cluster.shared().anonymous().get("openapi?format=JSON").json();
    assertThat(api.getJsonObject("info").getString("title")).isEqualTo("Longshore");
    assertThat(api.getJsonObject("components").getJsonObject("securitySchemes")).isNotEmpty();
    JsonObject paths = api.getJsonObject("paths");
    assertThat(paths.keySet())
        .contains(
            "/api/tasks",
            "/api/tasks/bulk",
            "/api/tasks/{id}",
            "/api/tasks/{id}/attempts",
            "/api/tasks/{id}/cancel",
            "/api/tasks/{id}/retry",
            "/api/stats",
            "/api/workers",
            "/api/types");
    JsonObject submit = paths.getJsonObject("/api/tasks").getJsonObject("post");
    assertThat(submit.getJsonObject("responses").keySet())
        .containsAll(Set.of("200", "201", "400", "413", "422"));
    assertThat(
            submit
                .getJsonObject("requestBody")
                .getJsonObject("content")
                .getJsonObject("application/json")
                .getJsonObject("schema")
                .getString("$ref"))
        .isEqualTo("#/components/schemas/NewTask");
  }
}
