package dev.longshore.log.worker;

import dev.longshore.engine.worker.Worker;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Has each worker that this node owns run when there is something for it, takes those that nobody
 * runs, and sees that each node comes to its share. A worker without messages has no thread.
 */
@ApplicationScoped
class Dispatcher {

  private static final Logger LOG = Logger.getLogger(Dispatcher.class.getName());

  @Inject private EventWorkers workers;
  @Inject private WorkerRows rows;
  @Inject private RunBurst runBurst;
  @Inject private Worker node;
  @Inject private Tail tail;

  @Resource(lookup = "java:comp/DefaultManagedThreadFactory")
  private ManagedThreadFactory threads;

  private final Map<String, Consumer> consumers = new TreeMap<>();
  private final Map<String, List<Consumer>> byMessage = new TreeMap<>();
  private ExecutorService executor;
  private String[] names = {};
  private volatile boolean stopping;

  void start() {
    executor = Executors.newCachedThreadPool(threads); // one thread for each worker at work
    for (EventWorkerSource.Declared declared : workers.all()) {
      Consumer consumer = new Consumer(declared, this::begin);
      consumers.put(consumer.name(), consumer);
      declared
          .declaration()
          .messages()
          .forEach(name -> byMessage.computeIfAbsent(name, n -> new ArrayList<>()).add(consumer));
    }
    names = consumers.keySet().toArray(String[]::new);
    if (names.length > 0) {
      tail.start(this::news);
    }
  }

  Collection<Consumer> all() {
    return consumers.values();
  }

  /** An operator has changed something; other nodes see it at their next look. */
  void changed(@Observes(during = TransactionPhase.AFTER_SUCCESS) WorkersChanged event) {
    try {
      executor.execute(this::look);
    } catch (RejectedExecutionException e) {
      LOG.log(Level.FINE, "The server stops", e);
    }
  }

  /** Looks at the rows: takes what is free, sees what was changed. */
  synchronized void look() {
    if (names.length == 0 || stopping) {
      return;
    }
    if (!node.isAlive()) {
      all().forEach(Consumer::giveUp);
      return;
    }
    if (!node.isActive()) {
      handBack();
      return;
    }
    List<WorkerRows.Row> standing = rows.standing(names);
    String[] free =
        standing.stream()
            .filter(row -> row.free() && fits(row))
            .map(WorkerRows.Row::name)
            .toArray(String[]::new);
    if (free.length > 0) {
      rows.take(free);
      standing = rows.standing(names);
    }
    ask(Share.of(node.id(), standing.stream().filter(this::fits).toList()));
    long seen = tail.seen();
    for (WorkerRows.Row row : standing) {
      Consumer consumer = consumers.get(row.name());
      consumer.stands(row, seen);
      consumer.vitals().halted(row.halted());
      if (row.mine() && !consumer.isBusy()) {
        if (row.wanted().equals("stopped")) {
          rows.release(row.name(), row.token());
        } else if (!consumer.fits(row)) {
          rows.release(row.name(), row.token());
          consumer.giveUp();
          LOG.log(
              Level.WARNING,
              "Event worker {0} has handlers for {1} in a build that was started on another node, and"
                  + " for {2} in this one, which leaves it to the other.",
              new Object[] {row.name(), row.messages(), consumer.declaration().messages()});
        } else if (row.askedBy() != null && rows.handOver(row.name(), row.token())) {
          consumer.giveUp();
          LOG.log(
              Level.INFO,
              "Event worker {0} goes to node {1}, which has fewer",
              new Object[] {row.name(), row.askedBy()});
        }
      }
    }
  }

  private boolean fits(WorkerRows.Row row) {
    return consumers.get(row.name()).fits(row);
  }

  private void ask(Share share) {
    int asked = share.workers().isEmpty() ? 0 : rows.ask(share);
    if (asked > 0) {
      LOG.log(
          Level.INFO,
          "This node asks node {0}, which has more of them, for {1} event workers",
          new Object[] {share.node(), asked + ""});
    }
  }

  /** The node is to take no work: its workers go to others, each behind its chunk. */
  private void handBack() {
    for (Consumer consumer : all()) {
      consumer.giveUpSoon();
      if (consumer.isMine() && !consumer.isBusy()) {
        rows.release(consumer.name(), consumer.token());
        consumer.giveUp();
      }
    }
  }

  /** No more bursts begin, and those under way end behind their chunk. */
  void stop() {
    stopping = true;
    tail.stop();
    all().forEach(Consumer::giveUpSoon);
  }

  boolean isIdle() {
    return all().stream().noneMatch(Consumer::isBusy);
  }

  /** Gives the workers back, so that other nodes take them at once. */
  void release() {
    for (Consumer consumer : all()) {
      if (consumer.isMine()) {
        rows.release(consumer.name(), consumer.token());
        consumer.giveUp();
      }
    }
    if (executor != null) {
      executor.shutdown();
    }
  }

  private void news(Map<String, Long> byName) {
    if (byName.isEmpty()) {
      long seen = tail.seen();
      all().forEach(consumer -> consumer.signal(seen));
    } else {
      byName.forEach(
          (name, id) ->
              byMessage.getOrDefault(name, List.of()).forEach(consumer -> consumer.signal(id)));
    }
  }

  /** Wakes those for which the time of something has come. Called several times a second. */
  void wakeDue() {
    all().forEach(Consumer::wakeWhenDue);
  }

  private void begin(Consumer consumer) {
    executor.execute(() -> run(consumer));
  }

  private void run(Consumer consumer) {
    Thread thread = Thread.currentThread();
    String name = thread.getName();
    thread.setName("event-worker-" + consumer.name());
    try {
      runBurst.run(consumer);
    } finally {
      thread.setName(name);
    }
  }
}
