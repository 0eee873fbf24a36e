package dev.longshore.log.worker;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.enterprise.inject.Vetoed;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When a worker is at work, and when it is not. */
class ConsumerTest {

  @Vetoed
  @EventWorker(name = "consumer", description = "Is woken.")
  static class Worker {
    @OnMessage("consumer/go")
    void go() {}
  }

  private static final WorkerRows.Row MINE =
      new WorkerRows.Row(
          "consumer", List.of("consumer/go"), "running", 7, false, true, "here", null, false);

  private int begun;

  @Test
  void aThreadThatIsNotThereIsABreakdownAndHarmsNobodyElse() {
    Consumer consumer =
        consumer(
            c -> {
              throw new InternalError("no more threads");
            });
    consumer.stands(MINE, 0);
    assertThat(consumer.isBusy()).isFalse();
    assertThat(consumer.vitals().health().reasons())
        .containsExactly("Its job broke down: java.lang.InternalError: no more threads");
  }

  @Test
  void aBurstThatReturnsLongAfterItWasAbandonedEndsNoOther() {
    Consumer consumer = consumer(c -> begun++);
    consumer.stands(MINE, 0);
    Burst abandoned = burst(consumer, 7);
    consumer.begin(abandoned);
    consumer.abandon(abandoned);
    consumer.stands(mine(8), 0); // its successor is about to begin
    assertThat(begun).isEqualTo(2);
    consumer.end(abandoned, false);
    assertThat(consumer.isBusy()).isTrue();
    assertThat(begun).isEqualTo(2);
  }

  @Test
  void whoHasReadAndNotCommittedIsNotIdle() {
    Consumer consumer = consumer(c -> begun++);
    consumer.stands(MINE, 0);
    consumer.signal(5);
    Burst burst = burst(consumer, 7);
    consumer.begin(burst);
    consumer.hasRead(5, true);
    consumer.end(burst, true);
    assertThat(consumer.isIdle()).isFalse();
  }

  private static WorkerRows.Row mine(long token) {
    return new WorkerRows.Row(
        "consumer", List.of("consumer/go"), "running", token, false, true, "here", null, false);
  }

  private static Consumer consumer(java.util.function.Consumer<Consumer> start) {
    return new Consumer(
        new EventWorkerSource.Declared(WorkerDeclaration.of(Worker.class, null), new Worker()),
        start);
  }

  private static Burst burst(Consumer consumer, long token) {
    return new Burst(
        consumer,
        new WorkerRows.Beginning(
            0, 0, null, token, 0, null, 0, null, null, false, false, null, "running"),
        null);
  }
}
