package dev.longshore.test;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.inject.Inject;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Makes an instance as CDI would, for the plain cases: {@code @Inject} on a constructor or on
 * fields, {@code @ConfigProperty}, {@code @Resource}, {@code @PostConstruct}. What the test gave
 * goes where its type fits; a class that it gave nothing for is made in the same way.
 */
final class Wiring {

  private final List<Object> given;
  private final Config config;

  Wiring(List<Object> given, Config config) {
    this.given = new ArrayList<>(given);
    this.config = config;
  }

  /**
   * @throws IllegalStateException naming what the test has to give
   */
  <T> T make(Class<T> type) {
    Constructor<?> constructor = constructor(type);
    Object[] arguments =
        Arrays.stream(constructor.getParameters()).map(p -> argument(p, type)).toArray();
    Object made = invoke(constructor, () -> constructor.newInstance(arguments));
    given.add(made);
    fill(made, type);
    return type.cast(made);
  }

  private void fill(Object made, Class<?> type) {
    if (type.getSuperclass() != null && type.getSuperclass() != Object.class) {
      fill(made, type.getSuperclass());
    }
    for (Field field : type.getDeclaredFields()) {
      if (field.isAnnotationPresent(Inject.class) || field.isAnnotationPresent(Resource.class)) {
        String where = type.getName() + "." + field.getName();
        Object value =
            field.isAnnotationPresent(ConfigProperty.class)
                ? setting(field.getAnnotation(ConfigProperty.class), field.getGenericType(), where)
                : find(field.getType(), where);
        try {
          field.setAccessible(true);
          field.set(made, value);
        } catch (IllegalAccessException e) {
          throw new IllegalStateException(e);
        }
      }
    }
    for (Method method : type.getDeclaredMethods()) {
      if (method.isAnnotationPresent(PostConstruct.class)) {
        invoke(method, () -> method.invoke(made));
      }
    }
  }

  private Object argument(Parameter parameter, Class<?> of) {
    String where = "The constructor of " + of.getName();
    ConfigProperty property = parameter.getAnnotation(ConfigProperty.class);
    return property == null
        ? find(parameter.getType(), where)
        : setting(property, parameter.getParameterizedType(), where);
  }

  private Object find(Class<?> type, String where) {
    List<Object> fitting = given.stream().filter(type::isInstance).toList();
    if (!fitting.isEmpty()) {
      return fitting.get(0);
    }
    if (type.isInterface()
        || Modifier.isAbstract(type.getModifiers())
        || type.getName().startsWith("java")) {
      throw new IllegalStateException(
          where + " needs a " + type.getName() + ", and the test gives none: add .with(…).");
    }
    return make(type);
  }

  private Object setting(ConfigProperty property, Type type, String where) {
    if (type instanceof ParameterizedType of && of.getRawType() == Optional.class) {
      return config.getOptionalValue(property.name(), (Class<?>) of.getActualTypeArguments()[0]);
    }
    Class<?> raw = (Class<?>) type;
    Optional<?> set = config.getOptionalValue(property.name(), raw);
    if (set.isPresent()) {
      return set.get();
    }
    if (property.defaultValue().equals(ConfigProperty.UNCONFIGURED_VALUE)) {
      throw new IllegalStateException(
          where
              + " needs the setting "
              + property.name()
              + ", and the test gives none: add .setting(\""
              + property.name()
              + "\", …).");
    }
    return config
        .getConverter(raw)
        .orElseThrow(() -> new IllegalStateException(where + ": no setting is a " + raw.getName()))
        .convert(property.defaultValue());
  }

  private static Constructor<?> constructor(Class<?> type) {
    return Arrays.stream(type.getDeclaredConstructors())
        .filter(c -> c.isAnnotationPresent(Inject.class))
        .findFirst()
        .or(
            () ->
                Arrays.stream(type.getDeclaredConstructors())
                    .filter(c -> c.getParameterCount() == 0)
                    .findFirst())
        .orElseThrow(
            () ->
                new IllegalStateException(
                    type.getName()
                        + " has neither a constructor without parameters nor one with @Inject:"
                        + " make it a bean, or give the test's own with .with(…)."));
  }

  @FunctionalInterface
  private interface Call {
    Object run() throws ReflectiveOperationException;
  }

  private static Object invoke(Executable what, Call call) {
    try {
      what.setAccessible(true);
      return call.run();
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(what + " threw " + e.getCause(), e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
