package dev.longshore.edge.rest;

import jakarta.json.spi.JsonProvider;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Writes JSON member by member. {@code JsonGenerator} cannot pass on JSON that stands in the
 * database as text, and parsing it only to write it again would cost more than all the rest.
 */
class JsonOut {

  private static final JsonProvider PROVIDER = JsonProvider.provider();

  private final StringBuilder out = new StringBuilder(512);
  private boolean first = true;

  /** A page of a list; {@code next} is {@code null} on the last one. */
  static <T> String page(List<T> items, Number next, BiConsumer<T, JsonOut> one) {
    JsonOut out = new JsonOut();
    return out.open()
        .array("items", items, item -> one.accept(item, out))
        .number("next", next)
        .close()
        .toString();
  }

  /** What {@code one} writes, alone. */
  static <T> String one(T item, BiConsumer<T, JsonOut> one) {
    JsonOut out = new JsonOut();
    one.accept(item, out);
    return out.toString();
  }

  JsonOut open() {
    out.append('{');
    first = true;
    return this;
  }

  JsonOut close() {
    out.append('}');
    first = false;
    return this;
  }

  JsonOut text(String name, String value) {
    return raw(name, value == null ? null : quote(value));
  }

  JsonOut number(String name, Number value) {
    return raw(name, value == null ? null : value.toString());
  }

  JsonOut bool(String name, boolean value) {
    return raw(name, Boolean.toString(value));
  }

  /** ISO 8601, always in UTC. */
  JsonOut time(String name, OffsetDateTime value) {
    return raw(
        name,
        value == null
            ? null
            : '"'
                + DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
                    value.withOffsetSameInstant(ZoneOffset.UTC))
                + '"');
  }

  /** A member whose value is JSON text already; {@code null} writes {@code null}. */
  JsonOut raw(String name, String json) {
    name(name);
    out.append(json == null ? "null" : json);
    first = false;
    return this;
  }

  /** A member that is an object, whose members {@code content} writes. */
  JsonOut object(String name, Runnable content) {
    name(name);
    open();
    content.run();
    return close();
  }

  /** A member that is an array, each of whose elements {@code one} writes as an object. */
  <T> JsonOut array(String name, Iterable<T> elements, Consumer<T> one) {
    name(name);
    out.append('[');
    String separator = "";
    for (T element : elements) {
      out.append(separator);
      one.accept(element);
      separator = ",";
    }
    out.append(']');
    first = false;
    return this;
  }

  /** A member that is an array of strings. */
  JsonOut texts(String name, List<String> values) {
    return raw(
        name, values.stream().map(JsonOut::quote).collect(Collectors.joining(",", "[", "]")));
  }

  @Override
  public String toString() {
    return out.toString();
  }

  private void name(String name) {
    if (!first) {
      out.append(',');
    }
    out.append(quote(name)).append(':');
  }

  private static String quote(String text) {
    return PROVIDER.createValue(text).toString();
  }
}
