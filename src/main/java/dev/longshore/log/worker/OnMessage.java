package dev.longshore.log.worker;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Calls the method for messages of these names. It may take, in any order and all optional:
 *
 * <ul>
 *   <li>the payload: a class, a record or a {@code Map} that JSON-B binds and Bean Validation
 *       validates, or {@link jakarta.json.JsonObject} for the payload as it is;
 *   <li>the {@link dev.longshore.log.Message};
 *   <li>the {@link WorkerContext};
 *   <li>the worker's state.
 * </ul>
 *
 * <p>It answers with nothing, or with the state that is to replace the one before. It is neither
 * private nor static, and no other method of the class handles the same name. A payload that does
 * not bind or is not valid has its message set aside without a call.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface OnMessage {

  /** Names such as {@code post/create}. */
  String[] value();
}
