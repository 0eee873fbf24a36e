package dev.longshore.problem;

import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * The sender's mistake; nothing was changed. Rolls the caller's transaction back.
 *
 * <p>REST answers 400 to what cannot be read at all (no JSON, no UTF-8, a query parameter out of
 * its range) and 422 to JSON that reads well and does not fit.
 */
public class InvalidInput extends RuntimeException {

  private final boolean malformed;
  private final List<Violation> violations;
  private final String unit;
  private final long position;

  private InvalidInput(boolean malformed, List<Violation> violations, String unit, long position) {
    super(text(violations, unit, position));
    this.malformed = malformed;
    this.violations = List.copyOf(violations);
    this.unit = unit;
    this.position = position;
  }

  protected InvalidInput(List<Violation> violations) {
    this(false, violations, null, 0);
  }

  /** What cannot be read. */
  public static InvalidInput malformed(String field, String message) {
    return new InvalidInput(true, List.of(new Violation(field, message)), null, 0);
  }

  /** What reads well and does not fit. */
  public static InvalidInput unfit(String field, String message) {
    return unfit(List.of(new Violation(field, message)));
  }

  /** What reads well and does not fit, in several places. */
  public static InvalidInput unfit(List<Violation> violations) {
    return new InvalidInput(false, violations, null, 0);
  }

  /**
   * The same mistake, said to stand in the n-th of many.
   *
   * @param what what is counted: {@code line} (from 1) or {@code index} (from 0)
   */
  public InvalidInput at(String what, long n) {
    return new InvalidInput(malformed, violations, Objects.requireNonNull(what), n);
  }

  /** The same mistake, said to stand in a member of an object. */
  public InvalidInput in(String member) {
    return new InvalidInput(
        malformed,
        violations.stream()
            .map(
                v ->
                    new Violation(
                        v.field().isEmpty() ? member : member + "." + v.field(), v.message()))
            .toList(),
        unit,
        position);
  }

  /** Whether it could not be read at all. */
  public boolean isMalformed() {
    return malformed;
  }

  public List<Violation> violations() {
    return violations;
  }

  /** What {@link #position} counts, or {@code null} when there is but one. */
  public String unit() {
    return unit;
  }

  /** Which of many it was. */
  public OptionalLong position() {
    return unit == null ? OptionalLong.empty() : OptionalLong.of(position);
  }

  private static String text(List<Violation> violations, String unit, long position) {
    return (unit == null ? "" : unit + " " + position + ": ")
        + violations.stream()
            .map(v -> v.field().isEmpty() ? v.message() : v.field() + " " + v.message())
            .collect(Collectors.joining(" "));
  }
}
