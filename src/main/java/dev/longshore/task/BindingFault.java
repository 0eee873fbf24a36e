package dev.longshore.task;

import dev.longshore.problem.Violation;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Says of an exception of JSON-B which field of the payload did not bind. The standard has no place
 * for it: Yasson, Liberty's JSON-B, writes it into its messages, one property for each level. Of
 * what it does not name, the payload as a whole is said not to bind.
 */
final class BindingFault {

  private static final Pattern PROPERTY =
      Pattern.compile("^Unable to deserialize property '(.+?)' because of", Pattern.DOTALL);

  private static final Pattern WANTED =
      Pattern.compile(
          "(?:into type|processing type|Error parsing):? (?:class |interface )?([\\w.$]*\\w)");

  private static final int LONGEST = 200;

  private BindingFault() {}

  static Violation violation(RuntimeException fault) {
    List<String> path = new ArrayList<>();
    Throwable root = fault;
    String wanted = null;
    boolean ofThePayload = false;
    for (Throwable t = fault; t != null; t = t.getCause()) {
      String message = String.valueOf(t.getMessage());
      Matcher property = PROPERTY.matcher(message);
      if (property.find()) {
        path.add(property.group(1));
      } else if (wanted == null) {
        Matcher type = WANTED.matcher(message);
        wanted = type.find() ? simple(type.group(1)) : null;
      }
      ofThePayload |=
          t instanceof InvocationTargetException || message.startsWith("Error setting value");
      root = t;
    }
    return new Violation(at(path), reason(root, wanted, ofThePayload));
  }

  private static String at(List<String> path) {
    return path.isEmpty() ? "payload" : "payload." + String.join(".", path);
  }

  private static String reason(Throwable root, String wanted, boolean ofThePayload) {
    String said = root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    if (said.length() > LONGEST) {
      said = said.substring(0, LONGEST) + "…";
    }
    said = said.replaceAll("\\p{Cntrl}", " ").strip();
    String end = said.endsWith(".") || said.endsWith("…") ? "" : ".";
    if (ofThePayload) {
      return "is refused: " + said + end;
    }
    return wanted != null ? "cannot be read as " + wanted + "." : "cannot be read: " + said + end;
  }

  private static String simple(String type) {
    return type.substring(Math.max(type.lastIndexOf('.'), type.lastIndexOf('$')) + 1);
  }
}
