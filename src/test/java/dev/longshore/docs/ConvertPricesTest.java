package dev.longshore.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.docs.ConvertPrices.Euros;
import dev.longshore.docs.ConvertPrices.Price;
import dev.longshore.test.Outage;
import dev.longshore.test.TestWorker;
import java.math.BigDecimal;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConvertPricesTest {

  /** Stands for the outside service. */
  static class Rates extends RateGateway {
    final Outage outage = new Outage("rates");

    @Override
    public BigDecimal rate(String currency) {
      return outage.call(() -> new BigDecimal("0.5"));
    }
  }

  private final Rates rates = new Rates();
  private final TestWorker worker = TestWorker.of(ConvertPrices.class).with(rates).start();
  private final Price price = new Price(7, BigDecimal.TEN, "USD");

  @Test
  void itWaitsForTheServiceAndRecoversByItself() {
    rates.outage.begin();
    worker.given("price/set", price).advance(Duration.ofHours(1));
    assertThat(worker.status()).isEqualTo(TestWorker.Status.WAITING);
    assertThat(worker.degraded()).isNotEmpty();
    assertThat(worker.deadLetters()).isEmpty(); // an outage uses up no attempts

    rates.outage.end();
    worker.advance(Duration.ofSeconds(30));
    assertThat(worker.appended("price/in-euros", Euros.class))
        .containsExactly(new Euros(7, new BigDecimal("5.0")));
    assertThat(worker.degraded()).isEmpty();
  }

  @Test
  void aServiceThatHangsCostsAttemptsAndThenTheMessageIsSetAside() {
    rates.outage.hang();
    worker.given("price/set", price).advance(Duration.ofMinutes(5));
    assertThat(rates.outage.calls()).isEqualTo(5);
    assertThat(worker.deadLetters().get(0).error()).contains("its time limit of PT10S");
  }

  @Test
  void aFailureIsTriedAgainInOrder() {
    rates.outage.failOnce(new IllegalStateException("A line too long"));
    worker.given("price/set", price).given("price/set", new Price(8, BigDecimal.ONE, "USD"));
    assertThat(worker.handled()).isZero(); // the second one waits behind the first
    worker.advance(Duration.ofSeconds(1));
    assertThat(worker.appended("price/in-euros", Euros.class))
        .extracting(Euros::article)
        .containsExactly(7L, 8L);
  }

  @Test
  void aReplayCallsNobody() {
    worker.given("price/set", price).replay(false);
    assertThat(rates.outage.calls()).isEqualTo(1);
    assertThat(worker.handled()).isEqualTo(2);
  }
}
