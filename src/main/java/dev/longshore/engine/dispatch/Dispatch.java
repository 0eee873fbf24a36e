package dev.longshore.engine.dispatch;

import dev.longshore.task.Lane;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSProducer;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Sends claims. */
@ApplicationScoped
public class Dispatch {

  @Resource(lookup = "jms/lanes")
  ConnectionFactory connections;

  @Resource(lookup = "jms/long")
  Queue longQueue;

  @Resource(lookup = "jms/quick")
  private Queue quickQueue;

  /** The sends under way, and since when. */
  private final Map<Object, Long> sending = new ConcurrentHashMap<>();

  /**
   * Sends a message for each claim, all or none: in a transaction of their own they cost one round
   * trip together, and the claims are committed already.
   *
   * @throws jakarta.jms.JMSRuntimeException when the broker cannot be reached. After it was
   *     restarted, that happens to the first call once.
   */
  @Transactional(Transactional.TxType.REQUIRES_NEW)
  public void send(Collection<Dispatched> claims) {
    write(claims);
  }

  /**
   * Sends one message without a transaction, whose beginning and end would be two more round trips:
   * on an idle system they are a good part of what a task waits for.
   *
   * @throws jakarta.jms.JMSRuntimeException as {@link #send}
   */
  @Transactional(Transactional.TxType.NOT_SUPPORTED)
  public void sendAlone(Dispatched claim) {
    write(List.of(claim));
  }

  private void write(Collection<Dispatched> claims) {
    Object send = new Object();
    sending.put(send, System.nanoTime());
    try (JMSContext context = connections.createContext()) {
      // PostgreSQL has the claim, and what the broker loses is made again (Withdraw): its journal
      // would be half of what a message costs it.
      JMSProducer producer = context.createProducer().setDeliveryMode(DeliveryMode.NON_PERSISTENT);
      for (Dispatched claim : claims) {
        producer.setPriority(claim.priority());
        producer.send(
            claim.lane() == Lane.LONG ? longQueue : quickQueue, Long.toString(claim.id()));
      }
    } finally {
      sending.remove(send);
    }
  }

  /**
   * Whether a send has been waiting for that long: Artemis blocks them while its disk is full, as
   * it is set up by default.
   */
  public boolean isBlockedFor(Duration time) {
    long now = System.nanoTime();
    return sending.values().stream().anyMatch(since -> now - since > time.toNanos());
  }

  /**
   * Asks the broker for an answer.
   *
   * @throws jakarta.jms.JMSRuntimeException when there is none
   */
  @Transactional(Transactional.TxType.NOT_SUPPORTED)
  public void probe() {
    try (JMSContext context = connections.createContext();
        QueueBrowser browser = context.createBrowser(longQueue)) {
      browser.getEnumeration().hasMoreElements();
    } catch (JMSException e) {
      throw new JMSRuntimeException(e.getMessage(), e.getErrorCode(), e);
    }
  }
}
