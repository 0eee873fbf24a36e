package dev.longshore.problem;

/** More bytes than a setting allows; nothing was changed. REST answers 413. */
public class TooLarge extends RuntimeException {

  private final String field;
  private final String limit;
  private final String unit;
  private final long position;

  /**
   * @param field what is too large: a member, or empty for the body as a whole
   * @param limit the limit and the setting that moves it, as a sentence
   */
  public TooLarge(String field, String limit) {
    this(field, limit, null, 0);
  }

  private TooLarge(String field, String limit, String unit, long position) {
    super((unit == null ? "" : unit + " " + position + ": ") + limit);
    this.field = field;
    this.limit = limit;
    this.unit = unit;
    this.position = position;
  }

  public String field() {
    return field;
  }

  /** The limit and the setting that moves it, as a sentence. */
  public String limit() {
    return limit;
  }

  /** What {@link #position} counts ({@code line}, {@code index}); {@code null} for but one. */
  public String unit() {
    return unit;
  }

  /** Which of many it was. */
  public long position() {
    return position;
  }

  /** The same, said to stand in the n-th of many. */
  public TooLarge at(String what, long n) {
    return new TooLarge(field, limit, what, n);
  }
}
