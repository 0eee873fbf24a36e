package dev.longshore.task;

import dev.longshore.problem.Violation;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ElementKind;
import jakarta.validation.Path;

/** Says of a constraint that is violated which field of the payload it is about, as in JSON. */
final class ConstraintFault {

  private ConstraintFault() {}

  static Violation violation(ConstraintViolation<?> wrong) {
    String message = wrong.getMessage();
    return new Violation(path(wrong), message.matches("(?s).*[.!?]") ? message : message + ".");
  }

  private static String path(ConstraintViolation<?> wrong) {
    StringBuilder path = new StringBuilder("payload");
    String inJava = null;
    for (Path.Node node : wrong.getPropertyPath()) {
      if (node.isInIterable() && node.getIndex() != null) {
        path.append('[').append(node.getIndex()).append(']');
      } else if (node.isInIterable() && node.getKey() != null) {
        path.append('.').append(node.getKey());
      }
      inJava = node.getKind() == ElementKind.PROPERTY ? node.getName() : null;
      if (inJava != null) {
        path.append('.').append(inJava);
      }
    }
    // Only of the last property is the class that has it known, and so its name in JSON.
    if (inJava != null && wrong.getLeafBean() != null) {
      path.setLength(path.length() - inJava.length());
      path.append(PayloadProperties.nameInJson(wrong.getLeafBean().getClass(), inJava));
    }
    return path.toString();
  }
}
