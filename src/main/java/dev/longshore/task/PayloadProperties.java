package dev.longshore.task;

import jakarta.json.bind.annotation.JsonbCreator;
import jakarta.json.bind.annotation.JsonbProperty;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What JSON-B writes to in a class, by the names in JSON: components of a record, parameters of a
 * {@code @JsonbCreator}, setters, public fields (Jakarta JSON Binding 3.0, sections 3.7 and 4.5).
 * Properties with annotations beyond {@code @JsonbProperty} are left out: those say how to be read.
 */
final class PayloadProperties {

  private static final ClassValue<PayloadProperties> OF =
      new ClassValue<>() {
        @Override
        protected PayloadProperties computeValue(Class<?> type) {
          PayloadProperties properties = new PayloadProperties();
          properties.collect(type);
          return properties;
        }
      };

  private final Map<String, Type> types = new LinkedHashMap<>();
  private final Map<String, String> names = new HashMap<>();

  private PayloadProperties() {}

  static Map<String, Type> of(Class<?> type) {
    return OF.get(type).types;
  }

  /** What a property is called in JSON; its own name when nothing else is said. */
  static String nameInJson(Class<?> type, String property) {
    return OF.get(type).names.getOrDefault(property, property);
  }

  private void collect(Class<?> type) {
    Stream.<Executable>concat(
            Arrays.stream(type.getDeclaredConstructors()), Arrays.stream(type.getDeclaredMethods()))
        .filter(e -> e.isAnnotationPresent(JsonbCreator.class))
        .flatMap(e -> Arrays.stream(e.getParameters()))
        .filter(p -> p.isAnnotationPresent(JsonbProperty.class))
        .forEach(this::add);
    if (type.isRecord()) {
      for (RecordComponent component : type.getRecordComponents()) {
        add(
            component.getName(),
            component.getGenericType(),
            List.of(field(type, component.getName()), component.getAccessor()));
      }
      return;
    }
    for (Method method : type.getMethods()) {
      if (method.getName().matches("set.+")
          && method.getParameterCount() == 1
          && !Modifier.isStatic(method.getModifiers())) {
        String property = decapitalized(method.getName().substring(3));
        List<AnnotatedElement> told = new ArrayList<>(List.of(method));
        Field field = field(method.getDeclaringClass(), property);
        if (field != null) {
          told.add(field);
        }
        add(property, method.getGenericParameterTypes()[0], told);
      }
    }
    for (Field field : type.getFields()) {
      if ((field.getModifiers() & (Modifier.STATIC | Modifier.FINAL | Modifier.TRANSIENT)) == 0) {
        add(field.getName(), field.getGenericType(), List.of(field));
      }
    }
  }

  private void add(Parameter parameter) {
    add(parameter.getName(), parameter.getParameterizedType(), List.of(parameter));
  }

  private void add(String name, Type type, List<AnnotatedElement> told) {
    String inJson = name;
    for (AnnotatedElement element : told) {
      for (Annotation annotation : element.getAnnotations()) {
        if (annotation instanceof JsonbProperty property) {
          inJson = property.value().isEmpty() ? inJson : property.value();
        } else if (annotation.annotationType().getName().startsWith("jakarta.json.bind.")) {
          return;
        }
      }
    }
    types.putIfAbsent(inJson, type);
    names.putIfAbsent(name, inJson);
  }

  private static Field field(Class<?> type, String name) {
    try {
      return type.getDeclaredField(name);
    } catch (NoSuchFieldException e) {
      return null;
    }
  }

  private static String decapitalized(String name) {
    return Character.toLowerCase(name.charAt(0)) + name.substring(1);
  }
}
