package dev.longshore.log.worker;

import jakarta.json.JsonObjectBuilder;
import jakarta.json.spi.JsonProvider;
import java.util.Locale;

/** A policy as JSON, for everybody who looks at a worker without having its class. */
final class Policies {

  private Policies() {}

  static String json(WorkerPolicy policy) {
    JsonObjectBuilder json =
        JsonProvider.provider()
            .createObjectBuilder()
            .add("start", policy.start())
            .add("attempts", policy.attempts())
            .add("whenExhausted", label(policy.whenExhausted()))
            .add("whenDown", label(policy.whenDown()))
            .add("timeLimit", policy.timeLimit().toString())
            .add("maxLag", policy.maxLag().toString())
            .add("chunk", policy.chunk());
    if (policy.every() != null) {
      json.add("every", policy.every().toString())
          .add("jitter", policy.jitter())
          .add("periodicTimeLimit", policy.periodicTimeLimit().toString());
    }
    return json.build().toString();
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
