package dev.longshore.task;

import dev.longshore.problem.JsonText;
import dev.longshore.problem.Violation;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.json.JsonValue.ValueType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Compares a payload with the types it is to be bound to, before JSON-B does. JSON-B stops at the
 * first thing that is wrong and often cannot say where it stands; and some it does not find wrong
 * at all: Yasson reads 5000000000 as the int 705032704, 5.5 as 5 and "x" as false.
 *
 * <p>Types that it does not know (dates, classes with adapters, generic classes) are left to
 * JSON-B.
 */
final class PayloadShape {

  private static final Map<Class<?>, long[]> WHOLE =
      Map.of(
          byte.class, range(Byte.MIN_VALUE, Byte.MAX_VALUE),
          Byte.class, range(Byte.MIN_VALUE, Byte.MAX_VALUE),
          short.class, range(Short.MIN_VALUE, Short.MAX_VALUE),
          Short.class, range(Short.MIN_VALUE, Short.MAX_VALUE),
          int.class, range(Integer.MIN_VALUE, Integer.MAX_VALUE),
          Integer.class, range(Integer.MIN_VALUE, Integer.MAX_VALUE),
          long.class, range(Long.MIN_VALUE, Long.MAX_VALUE),
          Long.class, range(Long.MIN_VALUE, Long.MAX_VALUE));

  private static final List<Class<?>> FRACTION =
      List.of(float.class, Float.class, double.class, Double.class, BigDecimal.class, Number.class);

  private final List<Violation> violations;

  private PayloadShape(List<Violation> violations) {
    this.violations = violations;
  }

  /** Adds what is wrong to the violations. */
  static void check(JsonObject payload, Type type, List<Violation> violations) {
    new PayloadShape(violations).check(payload, type, "payload");
  }

  private void check(JsonValue value, Type type, String path) {
    Class<?> raw = PayloadTypes.raw(type);
    if (raw == null || PayloadTypes.readsItself(raw) || JsonValue.class.isAssignableFrom(raw)) {
      return;
    }
    if (value.getValueType() == ValueType.NULL) {
      if (raw.isPrimitive()) {
        wrong(path, "must not be null; leave it out for its default.");
      }
    } else if (WHOLE.containsKey(raw) || raw == BigInteger.class) {
      whole(value, WHOLE.get(raw), path);
    } else if (FRACTION.contains(raw)) {
      expect(value, ValueType.NUMBER, "a number", path);
    } else if (raw == boolean.class || raw == Boolean.class) {
      if (value != JsonValue.TRUE && value != JsonValue.FALSE) {
        wrong(path, "must be true or false, not " + JsonText.kind(value) + ".");
      }
    } else if (raw == String.class) {
      expect(value, ValueType.STRING, "a string", path);
    } else if (raw.isEnum()) {
      constant(value, raw, path);
    } else if (raw.isArray() && raw != byte[].class) {
      elements(value, raw.getComponentType(), path);
    } else if (Collection.class.isAssignableFrom(raw)) {
      elements(value, argument(type, 0), path);
    } else if (Map.class.isAssignableFrom(raw)) {
      members(value, argument(type, 1), path);
    } else if (!raw.isArray() && !raw.getName().startsWith("java.")) {
      properties(value, type, raw, path);
    }
  }

  private void whole(JsonValue value, long[] range, String path) {
    if (!expect(value, ValueType.NUMBER, "a whole number", path)) {
      return;
    }
    BigDecimal number = ((JsonNumber) value).bigDecimalValue();
    if (number.stripTrailingZeros().scale() > 0) {
      wrong(path, "must be a whole number.");
    } else if (range != null
        && (number.compareTo(BigDecimal.valueOf(range[0])) < 0
            || number.compareTo(BigDecimal.valueOf(range[1])) > 0)) {
      wrong(path, "must be from " + range[0] + " to " + range[1] + ".");
    }
  }

  private void constant(JsonValue value, Class<?> type, String path) {
    List<String> names =
        Arrays.stream(type.getEnumConstants()).map(c -> ((Enum<?>) c).name()).toList();
    if (!(value instanceof JsonString text) || !names.contains(text.getString())) {
      wrong(path, "must be " + names.stream().collect(Collectors.joining(" or ")) + ".");
    }
  }

  private void elements(JsonValue value, Type type, String path) {
    if (expect(value, ValueType.ARRAY, "an array", path) && type != null) {
      JsonArray array = (JsonArray) value;
      for (int i = 0; i < array.size(); i++) {
        check(array.get(i), type, path + "[" + i + "]");
      }
    }
  }

  private void members(JsonValue value, Type type, String path) {
    if (expect(value, ValueType.OBJECT, "an object", path) && type != null) {
      ((JsonObject) value).forEach((name, member) -> check(member, type, path + "." + name));
    }
  }

  private void properties(JsonValue value, Type type, Class<?> raw, String path) {
    if (expect(value, ValueType.OBJECT, "an object", path) && type instanceof Class<?>) {
      PayloadProperties.of(raw)
          .forEach(
              (name, property) -> {
                JsonValue member = ((JsonObject) value).get(name);
                if (member != null) {
                  check(member, property, path + "." + name);
                }
              });
    }
  }

  private boolean expect(JsonValue value, ValueType wanted, String words, String path) {
    if (value.getValueType() == wanted) {
      return true;
    }
    wrong(path, "must be " + words + ", not " + JsonText.kind(value) + ".");
    return false;
  }

  private void wrong(String path, String message) {
    violations.add(new Violation(path, message));
  }

  private static Type argument(Type type, int n) {
    return type instanceof ParameterizedType p && p.getActualTypeArguments().length > n
        ? p.getActualTypeArguments()[n]
        : null;
  }

  private static long[] range(long least, long most) {
    return new long[] {least, most};
  }
}
