package dev.longshore.engine.batch;

import jakarta.enterprise.concurrent.ManagedExecutorService;
import javax.naming.InitialContext;
import javax.naming.NamingException;

/** A thread of the server's, beside the test's own. */
final class Aside {

  private Aside() {}

  static void start(Runnable work) {
    try {
      ManagedExecutorService executor = InitialContext.doLookup("concurrent/batch");
      executor.execute(work);
    } catch (NamingException e) {
      throw new IllegalStateException(e);
    }
  }
}
