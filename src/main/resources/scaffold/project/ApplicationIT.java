package ${package};

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.test.RealServers;
import dev.longshore.test.RunningNode;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The WAR on real servers, which are started once. */
@ExtendWith(RealServers.class)
class ApplicationIT {

  @Test
  void aTaskIsDone(RunningNode node) {
    JsonObject payload = Json.createObjectBuilder().add("text", "hello").build();
    JsonObject task = node.run("${task}", payload);
    assertThat(task.getString("state")).isEqualTo("succeeded");
    assertThat(task.getJsonObject("result").getInt("letters")).isEqualTo(5);
  }

  @Test
  void aMessageIsHandled(RunningNode node) {
    JsonObject payload = Json.createObjectBuilder().add("who", "Ann").build();
    node.awaitHandled("${worker}", node.append("${worker}/greet", payload));
    JsonObject page = node.get("api/messages?name=${worker}/greeted");
    assertThat(page.getJsonArray("items").getJsonObject(0).getJsonObject("payload"))
        .hasToString("{\"who\":\"Ann\",\"times\":1}");
  }
}
