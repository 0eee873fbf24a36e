package dev.longshore.problem;

import java.util.List;
import java.util.function.LongPredicate;
import java.util.function.ToLongFunction;

/**
 * A page of a list that is read by id.
 *
 * @param next what the page behind this one is asked for with; {@code null} on the last one
 */
public record Page<T>(List<T> items, Long next) {

  /**
   * Makes a page of what was found.
   *
   * @param found one more than {@code size} where there are more
   */
  public static <T> Page<T> of(List<T> found, int size, ToLongFunction<T> id) {
    boolean more = found.size() > size;
    List<T> items = more ? found.subList(0, size) : found;
    return new Page<>(items, more ? id.applyAsLong(items.get(size - 1)) : null);
  }

  /**
   * The same of items that may be large, where a page with few of them need not be the last one.
   *
   * @param more whether there is something behind the item with that id
   */
  public Page<T> orShort(ToLongFunction<T> id, LongPredicate more) {
    if (next != null || items.isEmpty()) {
      return this;
    }
    long last = id.applyAsLong(items.get(items.size() - 1));
    return more.test(last) ? new Page<>(items, last) : this;
  }
}
