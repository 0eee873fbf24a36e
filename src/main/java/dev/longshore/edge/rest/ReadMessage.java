package dev.longshore.edge.rest;

import dev.longshore.log.MessageRules;
import dev.longshore.log.NewMessage;
import dev.longshore.problem.Fields;
import dev.longshore.problem.JsonText;

/** Makes a message of JSON, or says all that is wrong with it. */
final class ReadMessage {

  private ReadMessage() {}

  /**
   * @param what what the sender calls it: body, line, element
   */
  static NewMessage of(byte[] json, String what) {
    Fields fields = new Fields(JsonText.object(json, what));
    NewMessage message =
        new NewMessage(fields.text("name"), fields.object("payload"), fields.object("metadata"));
    String wrong = fields.isWrong("name") ? null : MessageRules.wrongName(message.name());
    if (wrong != null) {
      fields.violation("name", wrong);
    }
    fields.done();
    return message;
  }
}
