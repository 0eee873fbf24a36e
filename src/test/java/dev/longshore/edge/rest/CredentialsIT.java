package dev.longshore.edge.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.story.Cluster;
import dev.longshore.story.Rest;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Nobody does anything without credentials; a viewer changes nothing. */
@Execution(ExecutionMode.SAME_THREAD)
class CredentialsIT {

  private static final String LATER = "{\"type\":\"noop\",\"runAt\":\"2100-01-01T00:00:00Z\"}";

  @ParameterizedTest
  @CsvSource({"api/tasks", "api/stats", "api/workers", "api/types", "api/tasks/1"})
  void withoutCredentialsNothingIsAnswered(String path) {
    Rest.Answer answer = user("nobody").get(path);
    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.header("WWW-Authenticate")).isEqualTo("Basic realm=\"longshore\"");
    assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
    assertThat(answer.json().getInt("status")).isEqualTo(401);
  }

  @Test
  void aViewerReadsAndChangesNothing() {
    Rest viewer = user("viewer");
    long task = user("operator").submit(LATER);
    assertThat(viewer.get("api/tasks/" + task).status()).isEqualTo(200);
    for (Rest.Answer refused :
        new Rest.Answer[] {
          viewer.post("api/tasks", LATER),
          viewer.post("api/tasks/bulk", LATER, "application/x-ndjson"),
          viewer.post("api/tasks/" + task + "/cancel"),
          viewer.post("api/tasks/" + task + "/retry")
        }) {
      assertThat(refused.status()).isEqualTo(403);
      assertThat(refused.header("Content-Type")).startsWith("application/problem+json");
      assertThat(refused.json().getString("detail")).contains("viewer");
    }
    assertThat(viewer.task(task).getString("state")).isEqualTo("pending");
  }

  @ParameterizedTest
  @CsvSource({"operator", "admin"})
  void operatorAndAdminChange(String name) {
    Rest user = user(name);
    long task = user.submit(LATER);
    assertThat(user.post("api/tasks/" + task + "/cancel").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({"openapi", "openapi/ui/", "health/ready", "health/live", "health/started"})
  void whatTheServerSaysOfItselfNeedsNone(String path) {
    assertThat(user("nobody").get(path).status()).isEqualTo(200);
  }

  @Test
  void anotherSitesPageChangesNothing() throws IOException, InterruptedException {
    Rest operator = user("operator");
    long task = operator.submit(LATER);
    HttpRequest form =
        HttpRequest.newBuilder(Cluster.shared().url().resolve("api/tasks/" + task + "/cancel"))
            .header("Authorization", operator.authorization())
            .header("Sec-Fetch-Site", "cross-site")
            .POST(BodyPublishers.noBody())
            .build();
    HttpResponse<String> refused = HttpClient.newHttpClient().send(form, BodyHandlers.ofString());
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.body()).contains("Another site");
    assertThat(operator.task(task).getString("state")).isEqualTo("pending");
  }

  @Test
  void noCookieStandsInForCredentials() {
    Rest.Answer answer = user("operator").get("api/tasks?limit=1");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Set-Cookie")).isNull();
  }

  private static Rest user(String name) {
    return name.equals("nobody") ? Cluster.shared().anonymous() : Cluster.shared().rest(name);
  }
}
