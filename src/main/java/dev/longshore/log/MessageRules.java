package dev.longshore.log;

import java.util.regex.Pattern;

/** What a message's name may be. The table checks the same (V020). */
public final class MessageRules {

  private static final int LONGEST = 200;
  private static final String PART = "[A-Za-z0-9][A-Za-z0-9._-]*";
  private static final Pattern NAME = Pattern.compile(PART + "(/" + PART + ")*");

  private MessageRules() {}

  /** Why a message cannot have that name, as a violation's message; {@code null} when it can. */
  public static String wrongName(String name) {
    if (name == null || name.isEmpty()) {
      return "is missing; a path such as post/create is expected.";
    }
    return name.length() <= LONGEST && NAME.matcher(name).matches()
        ? null
        : "must be a path such as post/create: letters, digits, dots, dashes and underscores, in"
            + " parts parted by slashes, "
            + LONGEST
            + " characters at most.";
  }
}
