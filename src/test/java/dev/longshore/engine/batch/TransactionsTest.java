package dev.longshore.engine.batch;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.batch.operations.BatchRuntimeException;
import jakarta.transaction.SystemException;
import jakarta.transaction.TransactionManager;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;

/** Outside of Liberty, and on one that fails. */
class TransactionsTest {

  private final Transactions transactions = new Transactions();

  @Test
  void without_liberty_no_job_runs_and_it_says_why() {
    assertThatThrownBy(transactions::manager)
        .isInstanceOf(BatchRuntimeException.class)
        .hasMessage("Liberty's transaction manager is not there: no batch job can run");
    assertThatThrownBy(() -> transactions.outside(() -> {}))
        .isInstanceOf(BatchRuntimeException.class)
        .hasMessage("Liberty's units of work cannot be suspended: no batch job can run");
  }

  @Test
  void a_transaction_manager_that_fails_fails_the_job() {
    transactions.manager =
        (TransactionManager)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {TransactionManager.class},
                (self, method, arguments) -> {
                  throw new SystemException("gone");
                });

    assertThatThrownBy(transactions::isActive)
        .isInstanceOf(BatchRuntimeException.class)
        .hasRootCauseMessage("gone");
    assertThatThrownBy(transactions::cleanThread)
        .isInstanceOf(BatchRuntimeException.class)
        .hasRootCauseMessage("gone");
  }

  /** As Liberty's manager of units of work, which is asked by reflection. */
  public static final class Broken {
    public Object suspend() {
      throw new IllegalStateException("not now");
    }

    public void resume(Object token) {}
  }

  @Test
  void nothing_is_done_when_the_callers_unit_of_work_cannot_be_suspended() throws Exception {
    transactions.units =
        new Transactions.Units(
            new Broken(),
            Broken.class.getMethod("suspend"),
            Broken.class.getMethod("resume", Object.class));

    assertThatThrownBy(
            () ->
                transactions.outside(
                    () -> {
                      throw new AssertionError("was done");
                    }))
        .isInstanceOf(BatchRuntimeException.class)
        .hasMessage("Liberty's unit of work could not suspend")
        .hasRootCauseMessage("not now");
  }
}
