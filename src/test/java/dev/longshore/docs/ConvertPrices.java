package dev.longshore.docs;

import dev.longshore.log.MessageLog;
import dev.longshore.log.worker.EventWorker;
import dev.longshore.log.worker.OnMessage;
import dev.longshore.log.worker.SetAside;
import dev.longshore.log.worker.WhenDown;
import dev.longshore.log.worker.WorkerContext;
import jakarta.inject.Inject;
import java.math.BigDecimal;

@EventWorker(
    name = "prices",
    description = "Converts prices into euros.",
    whenDown = WhenDown.WAIT,
    timeLimit = "PT10S",
    chunk = 1)
public class ConvertPrices {

  public record Price(long article, BigDecimal amount, String currency) {}

  public record Euros(long article, BigDecimal amount) {}

  @Inject private RateGateway rates;
  @Inject private MessageLog log;

  @OnMessage("price/set")
  void set(Price price, WorkerContext context) {
    if (context.isReplay()) {
      return; // what came of it stands in the log already
    }
    if (price.amount().signum() < 0) {
      throw new SetAside("A price below zero: no other attempt will help.");
    }
    BigDecimal rate = rates.rate(price.currency()); // first the call, then what locks the log
    log.append("price/in-euros", new Euros(price.article(), price.amount().multiply(rate)));
  }
}
