package dev.longshore.docs;

import jakarta.enterprise.context.ApplicationScoped;
import java.math.BigDecimal;
import java.time.temporal.ChronoUnit;
import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.eclipse.microprofile.faulttolerance.Retry;
import org.eclipse.microprofile.faulttolerance.Timeout;

@ApplicationScoped
public class RateGateway {

  @Retry(maxRetries = 1, delay = 200, jitter = 100)
  @CircuitBreaker(requestVolumeThreshold = 6, failureRatio = 0.5, delay = 10_000)
  @Timeout(value = 2, unit = ChronoUnit.SECONDS)
  public BigDecimal rate(String currency) {
    return BigDecimal.ONE; // the call of the outside service
  }
}
