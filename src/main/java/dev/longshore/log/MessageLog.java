package dev.longshore.log;

import jakarta.json.JsonObject;
import java.util.List;
import java.util.Optional;

/**
 * The log, to inject. What is appended is appended in the caller's transaction, and gone with it if
 * that rolls back; readers see it when the transaction, and every earlier one that has appended, is
 * over.
 *
 * <p>Every append throws {@link dev.longshore.problem.InvalidInput} for a name that is no path, and
 * {@link dev.longshore.problem.TooLarge} for a payload or metadata of more than {@code
 * longshore.payload.limit} bytes; the caller's transaction is then rolled back.
 */
public interface MessageLog {

  /**
   * Appends a message.
   *
   * @param name a path such as {@code post/create}: letters, digits, dots, dashes and underscores,
   *     in parts parted by slashes
   * @return its id
   */
  long append(String name, JsonObject payload);

  /** The same with something said about the message. */
  long append(String name, JsonObject payload, JsonObject metadata);

  /**
   * The same with a payload that JSON-B turns into a JSON object: a record, a class, a map.
   *
   * @throws IllegalArgumentException when it is JSON of another kind
   */
  long append(String name, Object payload);

  /**
   * Appends any number in their order, in statements of some hundred rows each: all of them or
   * none. No more than that is held in memory.
   *
   * @return how many
   */
  long append(Iterable<NewMessage> messages);

  /** A message that readers may see; empty when there is none, or none any more. */
  Optional<Message> find(long id);

  /**
   * A page of what readers may see, oldest first. Where messages are large it is shorter than was
   * asked for, of some megabytes: an empty one is the end.
   *
   * @param name only messages of that name; {@code null} for all
   * @param after only messages with a greater id
   */
  List<Message> page(String name, long after, int limit);

  /** Every message up to this id is settled: there to be read, or never to come. */
  long readable();
}
