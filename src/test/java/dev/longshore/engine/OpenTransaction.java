package dev.longshore.engine;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.concurrent.CountDownLatch;

/** Somebody who has done something and does not commit it for a while. */
@ApplicationScoped
public class OpenTransaction {

  @Transactional
  void hold(Runnable work, CountDownLatch done, CountDownLatch end) {
    work.run();
    done.countDown();
    EngineTestSupport.await(end);
  }
}
