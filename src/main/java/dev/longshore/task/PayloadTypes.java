package dev.longshore.task;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import jakarta.json.bind.annotation.JsonbCreator;
import jakarta.json.bind.annotation.JsonbTypeAdapter;
import jakarta.json.bind.annotation.JsonbTypeDeserializer;
import jakarta.json.bind.annotation.JsonbTypeInfo;
import java.lang.reflect.Executable;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/** Which Java types can stand for a JSON object, as payload or as result. */
final class PayloadTypes {

  private static final String NO_OBJECT =
      "no JSON object binds to: a payload is a class, a record, a Map with String keys, or"
          + " JsonObject.";

  private PayloadTypes() {}

  /** The class behind a type; {@code null} when there is none, as for a type variable. */
  static Class<?> raw(Type type) {
    if (type instanceof ParameterizedType parameterized) {
      return (Class<?>) parameterized.getRawType();
    }
    return type instanceof Class<?> plain ? plain : null;
  }

  /** Whether JSON-B is told by annotations of the class how to read it. */
  static boolean readsItself(Class<?> type) {
    return type.isAnnotationPresent(JsonbTypeAdapter.class)
        || type.isAnnotationPresent(JsonbTypeDeserializer.class)
        || type.isAnnotationPresent(JsonbTypeInfo.class);
  }

  /** Why a payload cannot be of that type, as the end of a sentence; {@code null} when it can. */
  static String wrong(Type type) {
    Class<?> raw = raw(type);
    if (raw == JsonObject.class) {
      return null;
    }
    if (raw == Map.class) {
      boolean byText =
          type instanceof ParameterizedType map && map.getActualTypeArguments()[0] == String.class;
      return byText || type instanceof Class<?> ? null : NO_OBJECT;
    }
    if (raw == null || isNoObject(raw)) {
      return NO_OBJECT;
    }
    if (readsItself(raw)) {
      return null;
    }
    if (raw.isMemberClass() && !Modifier.isStatic(raw.getModifiers())) {
      return "is an inner class, and JSON-B cannot make one: make it static.";
    }
    if (Modifier.isAbstract(raw.getModifiers())) {
      return "is abstract, and JSON-B cannot make one: name a class that it can make, or give it"
          + " @JsonbTypeInfo.";
    }
    return raw.isRecord() || isMakeable(raw)
        ? null
        : "JSON-B cannot make: it needs a constructor without parameters, public or protected, or"
            + " one with @JsonbCreator.";
  }

  /** Why a method cannot answer with that type; {@code null} when it can. */
  static String wrongResult(Class<?> type) {
    if (type == void.class || type == Void.class || type == Object.class) {
      return null;
    }
    if (Future.class.isAssignableFrom(type)
        || java.util.concurrent.CompletionStage.class.isAssignableFrom(type)) {
      return "answers with a "
          + type.getSimpleName()
          + ", but a task ends when its method returns: wait for the result there.";
    }
    if (type != JsonObject.class && !Map.class.isAssignableFrom(type) && isNoObject(type)) {
      return "answers with "
          + type.getSimpleName()
          + ", which is no JSON object: a result is an Outcome, a class, a record, a Map or"
          + " JsonObject; void is success without one.";
    }
    return null;
  }

  /** Types of one value or of a list of them, and what of Java itself is no bean. */
  private static boolean isNoObject(Class<?> type) {
    return type.isPrimitive()
        || type.isArray()
        || type.isEnum()
        || type.isAnnotation()
        || JsonValue.class.isAssignableFrom(type)
        || Iterable.class.isAssignableFrom(type)
        || type == Optional.class
        || type.getName().startsWith("java.");
  }

  private static boolean isMakeable(Class<?> type) {
    return Stream.<Executable>concat(
            Arrays.stream(type.getDeclaredConstructors()), Arrays.stream(type.getDeclaredMethods()))
        .anyMatch(
            e ->
                e.isAnnotationPresent(JsonbCreator.class)
                    || e instanceof java.lang.reflect.Constructor<?>
                        && e.getParameterCount() == 0
                        && !Modifier.isPrivate(e.getModifiers()));
  }
}
