package dev.longshore.engine.run;

import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;

/** Runs things as a message-driven bean does: its containment lasts until they are done. */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class InABean {

  public void run(Runnable work) {
    work.run();
  }
}
