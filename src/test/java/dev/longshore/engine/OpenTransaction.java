package dev.longshore.engine;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Somebody who has done something and does not commit it for a while. */
@ApplicationScoped
public class OpenTransaction {

  @Transactional
  void hold(Runnable work, CountDownLatch done, CountDownLatch end) {
    work.run();
    done.countDown();
    try {
      // Longer than what a test waits for: its own words say more.
      if (!end.await(1, TimeUnit.MINUTES)) {
        throw new IllegalStateException("It was not ended");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
