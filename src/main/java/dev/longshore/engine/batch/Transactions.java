package dev.longshore.engine.batch;

import jakarta.batch.operations.BatchRuntimeException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Status;
import jakarta.transaction.SystemException;
import jakarta.transaction.TransactionManager;
import java.lang.reflect.Method;

/** Liberty's transaction manager. */
@ApplicationScoped
class Transactions {

  volatile TransactionManager manager;
  volatile Units units;

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
    Units found = units();
    Object callers = call(found, found.suspend);
    try {
      work.run();
    } finally {
      call(found, found.resume, callers);
    }
  }

  /** Liberty's manager of units of work, and what of it is not public. */
  record Units(Object manager, Method suspend, Method resume) {}

  private Units units() {
    if (units == null) {
      try {
        ClassLoader server =
            Class.forName(
                    "com.ibm.wsspi.uow.UOWManager",
                    true,
                    Thread.currentThread().getContextClassLoader())
                .getClassLoader();
        Object found =
            Class.forName("com.ibm.ws.uow.embeddable.UOWManagerFactory", true, server)
                .getMethod("getUOWManager")
                .invoke(null);
        ClassLoader its = found.getClass().getClassLoader();
        Class<?> type = Class.forName("com.ibm.ws.uow.embeddable.UOWManager", true, its);
        Class<?> token = Class.forName("com.ibm.ws.uow.embeddable.UOWToken", true, its);
        units = new Units(found, type.getMethod("suspend"), type.getMethod("resume", token));
      } catch (ReflectiveOperationException e) {
        throw new BatchRuntimeException(
            "Liberty's units of work cannot be suspended: no batch job can run", e);
      }
    }
    return units;
  }

  private static Object call(Units units, Method method, Object... arguments) {
    try {
      return method.invoke(units.manager, arguments);
    } catch (ReflectiveOperationException e) {
      throw new BatchRuntimeException("Liberty's unit of work could not " + method.getName(), e);
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
