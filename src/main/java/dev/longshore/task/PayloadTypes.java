package dev.longshore.task;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import jakarta.json.bind.annotation.JsonbCreator;
import jakarta.json.bind.annotation.JsonbTypeAdapter;
import jakarta.json.bind.annotation.JsonbTypeDeserializer;
import jakarta.json.bind.annotation.JsonbTypeInfo;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/** Which Java types can stand for a JSON object, as payload or as result. */
final class PayloadTypes {

  private static final String NO_OBJECT =
      "no JSON object binds to: a payload is a class, a record, a Map with String keys, or"
          + " JsonObject.";

  private static final String NOT_PUBLIC =
      "is not public, and JSON-B does not reach into it: make it public.";

  private static final int REACHABLE = Modifier.PUBLIC | Modifier.PROTECTED;

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
    return wrongClass(raw, new HashSet<>());
  }

  /** The same of a class, and of the classes of what JSON-B writes to in it. */
  private static String wrongClass(Class<?> type, Set<Class<?>> seen) {
    if (!seen.add(type) || readsItself(type)) {
      return null;
    }
    if (type.isMemberClass() && !Modifier.isStatic(type.getModifiers())) {
      return "is an inner class, and JSON-B cannot make one: make it static.";
    }
    if (Modifier.isAbstract(type.getModifiers())) {
      return "is abstract, and JSON-B cannot make one: name a class that it can make, or give it"
          + " @JsonbTypeInfo.";
    }
    if (!Modifier.isPublic(type.getModifiers())) {
      return NOT_PUBLIC;
    }
    if (!isMakeable(type)) {
      return "JSON-B cannot make: it needs a constructor without parameters, public or protected,"
          + " or one with @JsonbCreator; a record needs the latter when it has more than one.";
    }
    for (Map.Entry<String, Type> property : PayloadProperties.of(type).entrySet()) {
      for (Class<?> inside : classesIn(property.getValue())) {
        String wrong = wrongClass(inside, seen);
        if (wrong != null) {
          return "has '"
              + property.getKey()
              + "' of "
              + inside.getSimpleName()
              + ", which "
              + wrong;
        }
      }
    }
    return null;
  }

  /** The classes that JSON-B would have to make for a property. */
  private static List<Class<?>> classesIn(Type type) {
    if (type instanceof ParameterizedType parameterized) {
      return Arrays.stream(parameterized.getActualTypeArguments())
          .flatMap(t -> classesIn(t).stream())
          .toList();
    }
    if (!(type instanceof Class<?> plain)) {
      return List.of();
    }
    if (plain.isArray()) {
      return classesIn(plain.getComponentType());
    }
    return isNoObject(plain) ? List.of() : List.of(plain);
  }

  /** Why a method cannot answer with that type; {@code null} when it can. */
  static String wrongResult(Class<?> type) {
    if (type == void.class || type == Void.class || type == Object.class) {
      return null;
    }
    if (Future.class.isAssignableFrom(type) || CompletionStage.class.isAssignableFrom(type)) {
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
    if (!Modifier.isPublic(type.getModifiers())) {
      return "answers with " + type.getSimpleName() + ", which " + NOT_PUBLIC;
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
    Constructor<?>[] constructors = type.getDeclaredConstructors();
    return Stream.<Executable>concat(
                Arrays.stream(constructors), Arrays.stream(type.getDeclaredMethods()))
            .anyMatch(e -> e.isAnnotationPresent(JsonbCreator.class))
        || (type.isRecord()
            ? constructors.length == 1
            : Arrays.stream(constructors)
                .anyMatch(c -> c.getParameterCount() == 0 && (c.getModifiers() & REACHABLE) != 0));
  }
}
