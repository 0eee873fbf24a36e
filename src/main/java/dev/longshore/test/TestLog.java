package dev.longshore.test;

import dev.longshore.log.Message;
import dev.longshore.log.MessageLog;
import dev.longshore.log.MessageRules;
import dev.longshore.log.NewMessage;
import dev.longshore.problem.InvalidInput;
import dev.longshore.task.Payloads;
import jakarta.json.JsonObject;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A log in memory; what was appended since a mark can be taken back. */
final class TestLog implements MessageLog {

  private final Clock clock;
  private final Payloads payloads;
  private final List<Message> messages = new ArrayList<>();
  private long lastId;

  TestLog(Clock clock, Payloads payloads) {
    this.clock = clock;
    this.payloads = payloads;
  }

  @Override
  public long append(String name, JsonObject payload) {
    return append(name, payload, null);
  }

  @Override
  public long append(String name, JsonObject payload, JsonObject metadata) {
    String wrong = MessageRules.wrongName(name);
    if (wrong != null) {
      throw InvalidInput.unfit("name", wrong);
    }
    messages.add(
        new Message(
            ++lastId,
            name,
            payload == null ? JsonObject.EMPTY_JSON_OBJECT : payload,
            metadata == null ? JsonObject.EMPTY_JSON_OBJECT : metadata,
            clock.instant().atOffset(ZoneOffset.UTC)));
    return lastId;
  }

  @Override
  public long append(String name, Object payload) {
    return append(
        name,
        payloads
            .write(payload)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "A message's payload is a JSON object, and JSON-B makes none of "
                            + (payload == null ? "null" : "a " + payload.getClass().getName()))));
  }

  @Override
  public long append(Iterable<NewMessage> all) {
    long n = 0;
    for (NewMessage message : all) {
      append(message.name(), message.payload(), message.metadata());
      n++;
    }
    return n;
  }

  @Override
  public Optional<Message> find(long id) {
    return messages.stream().filter(m -> m.id() == id).findFirst();
  }

  @Override
  public List<Message> page(String name, long after, int limit) {
    return messages.stream()
        .filter(m -> m.id() > after && (name == null || m.name().equals(name)))
        .limit(limit)
        .toList();
  }

  @Override
  public long readable() {
    return lastId;
  }

  int size() {
    return messages.size();
  }

  Message get(int index) {
    return messages.get(index);
  }

  /** From a mark, {@link #size} at some time, to now. */
  List<Message> since(int mark) {
    return List.copyOf(messages.subList(mark, messages.size()));
  }

  /** Ids are not given twice, as the database's sequence does not either. */
  void rollBackTo(int mark) {
    messages.subList(mark, messages.size()).clear();
  }
}
