package dev.longshore.engine.run;

import dev.longshore.task.Lane;
import jakarta.ejb.MessageDriven;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import jakarta.jms.Message;
import jakarta.jms.MessageListener;

/** Claims of the long lane. Its sessions ({@code liberty/messaging.xml}) are the concurrency. */
@MessageDriven(name = "LongLane")
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class LongLane implements MessageListener {

  @Inject private RunClaim claims;

  @Override
  public void onMessage(Message message) {
    claims.run(message, Lane.LONG);
  }
}
