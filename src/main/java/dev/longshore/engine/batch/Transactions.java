package dev.longshore.engine.batch;

import jakarta.batch.operations.BatchRuntimeException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.InvalidTransactionException;
import jakarta.transaction.Status;
import jakarta.transaction.SystemException;
import jakarta.transaction.Transaction;
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

  /** Does the work outside of the caller's transaction, which goes on afterwards. */
  void outside(Runnable work) {
    try {
      Transaction callers = manager().suspend();
      try {
        work.run();
      } finally {
        if (callers != null) {
          manager().resume(callers);
        }
      }
    } catch (SystemException | InvalidTransactionException e) {
      throw new BatchRuntimeException(e);
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
