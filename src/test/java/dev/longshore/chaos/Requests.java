package dev.longshore.chaos;

import dev.longshore.chaos.Fleet.Member;
import dev.longshore.story.Rest;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Requests to nodes that may be dead, paused or cut off: none is waited for long or repeated. */
final class Requests {

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  enum Answer {
    DONE,
    UNKNOWN,
    NEVER_SENT
  }

  record Reply(Answer answer, String body) {
    boolean isDone() {
      return answer == Answer.DONE;
    }
  }

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(1))
          .build();

  private final String user;

  Requests(String user) {
    this.user = user;
  }

  Reply post(Member member, String path, String body, String contentType)
      throws InterruptedException {
    URI url = member.url().resolve(path);
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .timeout(PATIENCE)
            .header("Authorization", Rest.of(member.node(), user).authorization())
            .header("Content-Type", contentType)
            .POST(BodyPublishers.ofString(body))
            .build();
    try {
      HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
      // 404: the application is not up yet; 409: what was to be cancelled has ended, what was to be
      // tried again has not failed, the node that was to be drained gives no sign of life.
      if (answer.statusCode() / 100 == 4
          && answer.statusCode() != 404
          && answer.statusCode() != 409) {
        throw new AssertionError(url + " answered " + answer.statusCode() + " " + answer.body());
      }
      return new Reply(
          answer.statusCode() / 100 == 2 ? Answer.DONE : Answer.UNKNOWN, answer.body());
    } catch (ConnectException e) {
      return new Reply(Answer.NEVER_SENT, "");
    } catch (IOException e) {
      return new Reply(Answer.UNKNOWN, "");
    }
  }
}
