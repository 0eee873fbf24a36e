package dev.longshore.task;

import dev.longshore.problem.InvalidInput;
import dev.longshore.problem.Violation;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonReaderFactory;
import jakarta.json.JsonValue;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.json.spi.JsonProvider;
import jakarta.validation.Validator;
import java.io.StringReader;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Binds payloads, of tasks and of messages, by JSON-B and validates them; turns results into JSON.
 */
@Dependent
public class Payloads {

  private static final JsonReaderFactory READERS =
      JsonProvider.provider().createReaderFactory(Map.of());

  private final Jsonb jsonb = JsonbBuilder.create();
  private final Validator validator;

  @Inject
  public Payloads(Validator validator) {
    this.validator = validator;
  }

  /** Why a payload cannot be of that type, as the end of a sentence; {@code null} when it can. */
  public static String wrong(Type type) {
    return PayloadTypes.wrong(type);
  }

  /**
   * The payload as an object of that type.
   *
   * @throws InvalidInput naming every field that does not fit, as {@code payload.field}
   */
  public Object read(JsonObject payload, Type type) {
    if (type == JsonObject.class) {
      return payload;
    }
    List<Violation> violations = new ArrayList<>();
    PayloadShape.check(payload, type, violations);
    if (!violations.isEmpty()) {
      throw InvalidInput.unfit(violations);
    }
    Object bound;
    try {
      bound = jsonb.fromJson(payload.toString(), type);
    } catch (RuntimeException e) {
      // JSON-B's own, and what constructors and setters of the payload throw.
      throw InvalidInput.unfit(List.of(BindingFault.violation(e)));
    }
    violations = validator.validate(bound).stream().map(ConstraintFault::violation).toList();
    if (!violations.isEmpty()) {
      throw InvalidInput.unfit(
          violations.stream()
              .sorted(Comparator.comparing(Violation::field).thenComparing(Violation::message))
              .toList());
    }
    return bound;
  }

  /** A result as a JSON object; empty when it is JSON of another kind. */
  public Optional<JsonObject> write(Object result) {
    if (result instanceof JsonObject json) {
      return Optional.of(json);
    }
    try (JsonReader reader = READERS.createReader(new StringReader(jsonb.toJson(result)))) {
      JsonValue json = reader.readValue();
      return json instanceof JsonObject object ? Optional.of(object) : Optional.empty();
    }
  }
}
