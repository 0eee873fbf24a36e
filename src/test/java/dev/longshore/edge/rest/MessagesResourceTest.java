package dev.longshore.edge.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.log.MessageLog;
import dev.longshore.log.NewMessage;
import java.io.ByteArrayInputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessagesResourceTest {

  /** Who has begun to append holds up all readers of the log; a sender may be slow. */
  @ParameterizedTest
  @ValueSource(ints = {3, 100_000}) // one that fits into memory, and one that does not
  void aBodyIsThereToItsEndBeforeAnythingIsAppended(int messages) throws Exception {
    String line = "{\"name\":\"a/b\",\"payload\":{\"n\":1}}\n";
    ByteArrayInputStream body =
        new ByteArrayInputStream(line.repeat(messages).getBytes(StandardCharsets.UTF_8));
    MessagesResource resource = new MessagesResource();
    resource.log =
        (MessageLog)
            Proxy.newProxyInstance(
                MessageLog.class.getClassLoader(),
                new Class<?>[] {MessageLog.class},
                (self, method, arguments) -> {
                  assertThat(body.available()).isZero();
                  long n = 0;
                  for (Object message : (Iterable<?>) arguments[0]) {
                    assertThat(((NewMessage) message).name()).isEqualTo("a/b");
                    n++;
                  }
                  return n;
                });
    assertThat(resource.lines(body)).isEqualTo("{\"appended\":" + messages + "}");
  }
}
