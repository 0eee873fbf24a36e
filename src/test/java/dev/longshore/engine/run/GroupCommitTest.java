package dev.longshore.engine.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GroupCommitTest {

  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void who_asks_alone_is_answered_by_its_own_thread() {
    Thread[] worker = new Thread[1];
    GroupCommit<Integer, Integer> group =
        new GroupCommit<>(
            questions -> {
              worker[0] = Thread.currentThread();
              return questions;
            });

    assertThat(group.ask(7)).isEqualTo(7);
    assertThat(worker[0]).isSameAs(Thread.currentThread());
  }

  @Test
  void those_that_ask_while_one_is_under_way_share_the_next() throws Exception {
    List<Integer> sizes = new ArrayList<>();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    GroupCommit<Integer, Integer> group =
        new GroupCommit<>(
            questions -> {
              sizes.add(questions.size());
              begun.countDown();
              await(go);
              return questions.stream().map(q -> -q).toList();
            });
    CompletableFuture<Integer> first = ask(group, 1);
    begun.await();
    List<Thread> asking = new ArrayList<>();
    List<CompletableFuture<Integer>> others =
        IntStream.rangeClosed(2, 9).mapToObj(i -> ask(group, i, asking)).toList();
    awaitParked(asking, 8);

    go.countDown();

    assertThat(first.get()).isEqualTo(-1);
    assertThat(others.stream().map(CompletableFuture::join))
        .containsExactly(-2, -3, -4, -5, -6, -7, -8, -9);
    assertThat(sizes).containsExactly(1, 8);
  }

  @Test
  void a_failure_reaches_all_who_shared_it_and_nobody_after() {
    AtomicInteger calls = new AtomicInteger();
    GroupCommit<Integer, Integer> group =
        new GroupCommit<>(
            questions -> {
              if (calls.incrementAndGet() == 1) {
                throw new IllegalStateException("away");
              }
              return questions;
            });

    assertThatThrownBy(() -> group.ask(1)).hasMessage("away");
    assertThat(group.ask(2)).isEqualTo(2);
  }

  @Test
  void those_who_waited_hear_of_the_failure_too() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    GroupCommit<Integer, Integer> group =
        new GroupCommit<>(
            questions -> {
              begun.countDown();
              await(go);
              if (questions.contains(2)) {
                throw new IllegalStateException("away");
              }
              return questions;
            });
    CompletableFuture<Integer> first = ask(group, 1);
    begun.await();
    List<Thread> asking = new ArrayList<>();
    List<CompletableFuture<Integer>> others =
        IntStream.rangeClosed(2, 3).mapToObj(i -> ask(group, i, asking)).toList();
    awaitParked(asking, 2);

    go.countDown();

    assertThat(first.get()).isEqualTo(1);
    for (CompletableFuture<Integer> other : others) {
      assertThatThrownBy(other::join)
          .isInstanceOf(CompletionException.class)
          .hasRootCauseMessage("away");
    }
  }

  @Test
  void nobody_is_forgotten_in_a_crowd() {
    GroupCommit<Integer, Integer> group =
        new GroupCommit<>(questions -> questions.stream().map(q -> q + 1).toList());

    List<CompletableFuture<Integer>> all =
        IntStream.range(0, 2_000).mapToObj(i -> ask(group, i)).toList();

    assertThat(all.stream().map(CompletableFuture::join))
        .containsExactlyElementsOf(IntStream.rangeClosed(1, 2_000).boxed().toList());
  }

  private CompletableFuture<Integer> ask(GroupCommit<Integer, Integer> group, int question) {
    return ask(group, question, new ArrayList<>());
  }

  private CompletableFuture<Integer> ask(
      GroupCommit<Integer, Integer> group, int question, List<Thread> asking) {
    return CompletableFuture.supplyAsync(
        () -> {
          synchronized (asking) {
            asking.add(Thread.currentThread());
          }
          return group.ask(question);
        },
        threads);
  }

  /** A thread that has asked and is not the leader waits for its turn, and for nothing else. */
  private static void awaitParked(List<Thread> asking, int count) {
    while (true) {
      synchronized (asking) {
        if (asking.size() == count
            && asking.stream().allMatch(t -> t.getState() == Thread.State.WAITING)) {
          return;
        }
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
