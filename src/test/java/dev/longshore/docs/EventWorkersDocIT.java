package dev.longshore.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.story.Cluster;
import dev.longshore.story.Rest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Every request and every statement in docs/event-workers.md does what it says. */
@Execution(ExecutionMode.SAME_THREAD)
class EventWorkersDocIT {

  private static final Pattern REQUEST =
      Pattern.compile("^(GET|POST) /(\\S+)(?:\n(\\{.*?\\})$)?", Pattern.MULTILINE);

  @Test
  void itsRequestsAreAnswered() throws Exception {
    Rest rest = Cluster.shared().rest();
    int requests = 0;
    for (String block : EventWorkersDocTest.blocks("http")) {
      Matcher request = REQUEST.matcher(block);
      while (request.find()) {
        Rest.Answer answer =
            request.group(1).equals("GET")
                ? rest.get(request.group(2))
                : request.group(3) == null
                    ? rest.post(request.group(2))
                    : rest.post(request.group(2), request.group(3));
        assertThat(answer.status()).as(request.group() + " " + answer.text()).isBetween(200, 202);
        requests++;
      }
    }
    assertThat(requests).isEqualTo(11);
  }

  @Test
  void itsStatementsRun() throws Exception {
    Cluster.shared()
        .execute(
            """
            create table events (id bigint generated always as identity, name text, body jsonb);
            insert into events (name, body) values ('order/paid', '{"order": 1}');
            """);
    for (String block : EventWorkersDocTest.blocks("sql")) {
      Cluster.shared().execute(block);
    }
    Cluster.shared().execute("insert into events (name, body) values ('order/paid', '{}')");
    assertThat(
            Cluster.shared()
                .query(
                    "select metadata ->> 'event' from longshore.message where name = 'order/paid' order by id",
                    row -> row.getString(1)))
        .containsExactly("1", "2");
    Cluster.shared().execute("drop table events cascade; drop function append_event()");
  }
}
