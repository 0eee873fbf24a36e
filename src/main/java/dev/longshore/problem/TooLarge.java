package dev.longshore.problem;

/** More bytes than a setting allows; nothing was changed. REST answers 413. */
public class TooLarge extends RuntimeException {

  private final String field;

  /**
   * @param field what is too large: a member, or empty for the body as a whole
   * @param message the limit, and the setting that moves it
   */
  public TooLarge(String field, String message) {
    super(message);
    this.field = field;
  }

  public String field() {
    return field;
  }

  /** The same, said to stand in the n-th of many ({@code line} or {@code index}). */
  public TooLarge at(String unit, long n) {
    return new TooLarge(field, unit + " " + n + ": " + getMessage());
  }
}
