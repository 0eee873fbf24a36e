package dev.longshore.engine.run;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/**
 * Does the same work for many threads at once: those that ask while a transaction is under way
 * share the next one, its statements and its wait for the disk. Whoever asks alone does not wait.
 *
 * @param <Q> what a thread asks for
 * @param <A> what it is answered
 */
final class GroupCommit<Q, A> {

  /** As many as the lanes are likely to have threads; more wait for the round that follows. */
  private static final int MOST = 64;

  /** Answers in the order of the questions, in one transaction; what it throws all askers get. */
  private final Function<List<Q>, List<A>> work;

  private final Deque<Asker<Q, A>> waiting = new ArrayDeque<>();
  private boolean busy;

  GroupCommit(Function<List<Q>, List<A>> work) {
    this.work = work;
  }

  private static final class Asker<Q, A> {
    final Q question;

    /** True: it is this thread's turn to do the work. False: it was done. */
    final CompletableFuture<Boolean> turn = new CompletableFuture<>();

    A answer;

    Asker(Q question) {
      this.question = question;
    }
  }

  /** Returns when the work has been committed, by this thread or another one. */
  A ask(Q question) {
    Asker<Q, A> asker = new Asker<>(question);
    synchronized (this) {
      waiting.add(asker);
      if (!busy) {
        busy = true;
        asker.turn.complete(true);
      }
    }
    if (turnOf(asker)) {
      lead(asker);
    }
    return asker.answer;
  }

  private boolean turnOf(Asker<Q, A> asker) {
    try {
      return asker.turn.join(); // an interrupt is kept for later: the work is not the thread's own
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException known ? known : e;
    }
  }

  private void lead(Asker<Q, A> leader) {
    List<Asker<Q, A>> group = group(leader);
    try {
      List<A> answers = work.apply(group.stream().map(a -> a.question).toList());
      for (int i = 0; i < group.size(); i++) {
        group.get(i).answer = answers.get(i);
        group.get(i).turn.complete(false);
      }
    } catch (Throwable failure) {
      group.forEach(a -> a.turn.completeExceptionally(failure));
      throw failure;
    } finally {
      handOn();
    }
  }

  private synchronized List<Asker<Q, A>> group(Asker<Q, A> leader) {
    List<Asker<Q, A>> group = new ArrayList<>();
    waiting.remove(leader);
    group.add(leader);
    while (!waiting.isEmpty() && group.size() < MOST) {
      group.add(waiting.poll());
    }
    return group;
  }

  private synchronized void handOn() {
    if (waiting.isEmpty()) {
      busy = false;
    } else {
      waiting.peek().turn.complete(true);
    }
  }
}
