package dev.longshore.workload.summary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.story.Cluster;
import dev.longshore.story.Rest;
import dev.longshore.story.Rest.Answer;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Posts over HTTP, on a node that has no API to summarize them with. */
@Execution(ExecutionMode.SAME_THREAD)
class PostsIT {

  private final Rest rest = Cluster.shared().rest();

  @Test
  void aPostIsWrittenAndReadAndTheLogSaysSo() {
    long before = newestMessage();
    Answer answer = rest.post("api/posts", "{\"title\":\"A title\",\"text\":\"Some text.\"}");
    assertThat(answer.status()).isEqualTo(201);
    JsonObject post = answer.json();
    int id = post.getInt("id");
    assertThat(answer.header("Location")).endsWith("/api/posts/" + id);
    assertThat(post.getString("title")).isEqualTo("A title");
    assertThat(post.getString("text")).isEqualTo("Some text.");
    assertThat(post.getString("status")).isEqualTo("pending");
    assertThat(List.of("summary", "error", "summarizedAt")).allMatch(post::isNull);
    assertThat(OffsetDateTime.parse(post.getString("createdAt")))
        .isBetween(OffsetDateTime.now().minusMinutes(5), OffsetDateTime.now().plusMinutes(5));
    assertThat(rest.get("api/posts/" + id).json()).isEqualTo(post);
    assertThat(
            rest.get("api/messages?name=post/create" + (before == 0 ? "" : "&after=" + before))
                .json()
                .getJsonArray("items")
                .getValuesAs(JsonObject.class))
        .extracting(message -> message.getJsonObject("payload"))
        .containsExactly(
            Json.createObjectBuilder().add("post", id).add("title", "A title").build());
  }

  @Test
  void aPageOfLongPostsIsShortAndTheNextOneGoesOn() {
    String text = "x".repeat(900_000);
    for (int n = 0; n < 6; n++) {
      rest.post("api/posts", "{\"text\":\"%s\"}".formatted(text));
    }
    JsonObject first = rest.get("api/posts?limit=1000").json();
    assertThat(first.getJsonArray("items")).hasSize(5);
    JsonObject second = rest.get("api/posts?limit=1000&after=" + first.getInt("next")).json();
    assertThat(second.getJsonArray("items").getJsonObject(0).getString("text")).isEqualTo(text);
  }

  @Test
  void postsComeNewestFirstPageByPage() {
    List<Integer> written = new ArrayList<>();
    for (int n = 0; n < 5; n++) {
      written.add(0, rest.post("api/posts", "{\"text\":\"x\"}").json().getInt("id"));
    }
    List<Integer> read = new ArrayList<>();
    String after = "";
    do {
      JsonObject page = rest.get("api/posts?limit=2" + after).json();
      List<JsonObject> items = page.getJsonArray("items").getValuesAs(JsonObject.class);
      items.forEach(item -> read.add(item.getInt("id")));
      assertThat(items).hasSizeLessThanOrEqualTo(2);
      assertThat(page.isNull("next") || items.size() == 2).isTrue();
      after = page.isNull("next") ? "" : "&after=" + page.getInt("next");
    } while (!after.isEmpty());
    assertThat(read).doesNotHaveDuplicates().startsWith(written.toArray(Integer[]::new));
    assertThat(rest.get("api/posts").json().getJsonArray("items").size()).isBetween(5, 100);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      textBlock =
          """
          ``                                  | 400 |
          {"text":                            | 400 |
          []                                  | 422 |
          {}                                  | 422 | text
          {"text":null}                       | 422 | text
          {"text":" "}                        | 422 | text
          {"text":7,"title":7}                | 422 | text title
          {"text":"a\\u0000"}                 | 422 | text
          {"text":"x","summary":"mine"}       | 422 | summary
          """)
  void whatIsNoPostIsRefusedWithItsFields(String body, int status, String fields) {
    long before = newestMessage();
    assertProblem(rest.post("api/posts", body), status, fields);
    assertThat(newestMessage()).isEqualTo(before);
  }

  @Test
  void whatIsTooLongIsRefused() {
    String title = "{\"text\":\"x\",\"title\":\"%s\"}";
    assertThat(rest.post("api/posts", title.formatted("t".repeat(200))).status()).isEqualTo(201);
    assertProblem(rest.post("api/posts", title.formatted("t".repeat(201))), 422, "title");
    String text = "{\"text\":\"" + "x".repeat(1 << 21) + "\"}";
    assertProblem(rest.post("api/posts", text), 413, null);
  }

  @Test
  void aPageThatCannotBeIsRefusedAndWhatIsNotThereIsNotFound() {
    assertProblem(rest.get("api/posts?limit=0"), 400, "limit");
    assertProblem(rest.get("api/posts?after=x"), 400, "after");
    assertProblem(rest.get("api/posts?name=x"), 400, "name");
    assertProblem(rest.get("api/posts/999999999"), 404, null);
    assertProblem(rest.get("api/posts/first"), 404, null);
  }

  @Test
  void whoMayLookMayNotWrite() {
    Rest viewer = Cluster.shared().rest("viewer");
    assertThat(viewer.get("api/posts").status()).isEqualTo(200);
    assertThat(viewer.post("api/posts", "{\"text\":\"x\"}").status()).isEqualTo(403);
    assertThat(Cluster.shared().anonymous().get("api/posts").status()).isEqualTo(401);
  }

  /** Of all that say that a post was written. */
  private long newestMessage() {
    long newest = 0;
    String after = "";
    do {
      JsonObject page = rest.get("api/messages?name=post/create&limit=1000" + after).json();
      for (JsonObject message : page.getJsonArray("items").getValuesAs(JsonObject.class)) {
        newest = message.getInt("id");
      }
      after = page.isNull("next") ? "" : "&after=" + page.getInt("next");
    } while (!after.isEmpty());
    return newest;
  }

  /**
   * @param fields those that must be named, in order; {@code null} for none
   */
  private static void assertProblem(Answer answer, int status, String fields) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
    if (fields != null) {
      assertThat(answer.json().getJsonArray("violations").getValuesAs(JsonObject.class))
          .extracting(violation -> violation.getString("field"))
          .containsExactlyInAnyOrder(fields.split(" "));
    }
  }
}
