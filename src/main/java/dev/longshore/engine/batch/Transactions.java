package dev.longshore.engine.batch;

import jakarta.batch.operations.BatchRuntimeException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Status;
import jakarta.transaction.SystemException;
import jakarta.transaction.TransactionManager;

/** Liberty's transaction manager. */
@ApplicationScoped
class Transactions {

  private volatile TransactionManager manager;

  /** Found by reflection: the class is the server's, and no artifact of it is published alone. */
  TransactionManager manager() {
    if (manager == null) {
      try {
        manager =
            (TransactionManager)
                Class.forName(
                        "com.ibm.tx.jta.TransactionManagerFactory",
                        true,
                        Thread.currentThread().getContextClassLoader())
                    .getMethod("getTransactionManager")
                    .invoke(null);
      } catch (ReflectiveOperationException e) {
        throw new BatchRuntimeException(
            "Liberty's transaction manager is not there: no batch job can run", e);
      }
    }
    return manager;
  }

  boolean isActive() {
    try {
      return manager().getStatus() == Status.STATUS_ACTIVE;
    } catch (SystemException e) {
      throw new BatchRuntimeException(e);
    }
  }

  /**
   * Does the work outside of the caller's unit of work, which goes on afterwards.
   *
   * <p>Of a global transaction and of Liberty's local one too: message-driven beans and servlets
   * that have no transaction run in a "local transaction containment", and under it a transaction
   * begun by {@link #manager} takes no connection in. Each statement would then commit by itself,
   * without a word. The public unit-of-work API can only run work inside of something; what it is
   * made of can suspend, so it is asked for by reflection.
   */
  void outside(Runnable work) {
    Object units = unitsOfWork();
    Object callers = call(units, "suspend");
    try {
      work.run();
    } finally {
      call(units, "resume", callers);
    }
  }

  private static Object unitsOfWork() {
    try {
      ClassLoader server =
          Class.forName(
                  "com.ibm.wsspi.uow.UOWManager",
                  true,
                  Thread.currentThread().getContextClassLoader())
              .getClassLoader();
      return Class.forName("com.ibm.ws.uow.embeddable.UOWManagerFactory", true, server)
          .getMethod("getUOWManager")
          .invoke(null);
    } catch (ReflectiveOperationException e) {
      throw new BatchRuntimeException(
          "Liberty's units of work cannot be suspended: no batch job can run", e);
    }
  }

  private static Object call(Object units, String method, Object... arguments) {
    try {
      ClassLoader server = units.getClass().getClassLoader();
      Class<?> manager = Class.forName("com.ibm.ws.uow.embeddable.UOWManager", true, server);
      Class<?> token = Class.forName("com.ibm.ws.uow.embeddable.UOWToken", true, server);
      return (arguments.length == 0 ? manager.getMethod(method) : manager.getMethod(method, token))
          .invoke(units, arguments);
    } catch (ReflectiveOperationException e) {
      throw new BatchRuntimeException("Liberty's unit of work could not " + method, e);
    }
  }

  /** Rolls back what a job has left open on this thread, so that the next one finds it clean. */
  void cleanThread() {
    try {
      if (manager().getStatus() != Status.STATUS_NO_TRANSACTION) {
        manager().rollback();
      }
    } catch (SystemException | IllegalStateException e) {
      throw new BatchRuntimeException(e);
    }
  }
}
