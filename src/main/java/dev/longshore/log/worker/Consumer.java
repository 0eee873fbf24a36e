package dev.longshore.log.worker;

import dev.longshore.log.worker.EventWorkerSource.Declared;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A worker on this node: whether it is ours to run, what we know of the log for it, and the burst
 * that is under way. Its monitor is what a burst without messages waits on.
 */
final class Consumer {

  /** No row is left unlooked at for longer. */
  private static final long LONGEST_MILLIS = TimeUnit.MINUTES.toMillis(5);

  private static final long AFTER_A_LOSS_MILLIS = 1_000;

  private static final Logger LOG = Logger.getLogger(Consumer.class.getName());

  private final Declared declared;
  private final Vitals vitals;
  private final Runnable start;

  private boolean mine;
  private boolean running;
  private long token;

  /** A burst is under way or about to be. */
  private boolean busy;

  private Burst burst;

  /** Something of ours may stand up to here. */
  private long unreadTo;

  /** Everything of ours up to here was read, and is committed unless a burst is under way. */
  private long readTo;

  private boolean replays;
  private long lastReadNanos = System.nanoTime();

  /** Not before this time, after a burst that broke down. */
  private long notBeforeNanos = System.nanoTime();

  /** When there is something to do without a message. */
  private long dueNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LONGEST_MILLIS);

  private int breakdowns;
  private int outages;

  /**
   * @param start has a burst begin on another thread
   */
  Consumer(Declared declared, java.util.function.Consumer<Consumer> start) {
    this.declared = declared;
    this.vitals = new Vitals(declared.declaration());
    this.start = () -> start.accept(this);
  }

  WorkerDeclaration declaration() {
    return declared.declaration();
  }

  Object target() {
    return declared.target();
  }

  String name() {
    return declaration().name();
  }

  Vitals vitals() {
    return vitals;
  }

  // ---- What the dispatcher says

  /** How the worker's row stands. */
  synchronized void stands(WorkerRows.Row row, long seen) {
    boolean wasMine = mine;
    boolean wasRunning = running;
    mine = row.mine();
    running = row.wanted().equals("running") && row.askedBy() == null && fits(row);
    replays |= row.replays();
    if (mine && (!wasMine || token != row.token())) {
      token = row.token(); // taken, or moved by an operator: what is known of it is known no more
      readTo = 0;
      unreadTo = Math.max(unreadTo, seen);
      vitals.owned();
      if (burst != null && burst.token() != token) {
        burst.lost();
      }
      wakeUp();
    }
    if (!mine || !running) {
      stopBurst();
    } else if (row.replays() || !wasRunning) {
      wakeUp();
    }
  }

  /**
   * Whether this build has a handler for all that the worker is to read. One that lacks some would
   * pass over messages that a newer build on another node handles.
   */
  boolean fits(WorkerRows.Row row) {
    return declaration().messages().containsAll(row.messages());
  }

  /** The node has no lease, or stops: nothing is begun here any more. */
  synchronized void giveUp() {
    mine = false;
    stopBurst();
  }

  /** The server stops: nothing is begun, and the burst under way ends behind its chunk. */
  synchronized void giveUpSoon() {
    running = false;
    stopBurst();
  }

  /** Messages of ours may stand up to that id. */
  synchronized void signal(long id) {
    unreadTo = Math.max(unreadTo, id);
    wakeUp();
  }

  /** It is time for something: a periodic run, another try. */
  synchronized void wakeUp() {
    if (!mine || !running) {
      return;
    }
    if (busy) {
      notifyAll();
    } else if (System.nanoTime() - notBeforeNanos >= 0) {
      busy = true;
      try {
        start.run();
      } catch (RuntimeException | Error e) { // no thread for it, perhaps: the caller can't help it
        LOG.log(
            Level.WARNING,
            "Event worker {0} could not begin ({1}); it tries again by itself.",
            new Object[] {name(), e.toString()});
        vitals.brokeDown(e.toString());
        end(null, true);
      }
    }
  }

  synchronized boolean isMine() {
    return mine;
  }

  synchronized boolean isBusy() {
    return busy;
  }

  synchronized long token() {
    return token;
  }

  /** Whether all of ours that we were told of is handled and committed. */
  synchronized boolean isIdle() {
    return mine && running && !busy && readTo >= unreadTo;
  }

  // ---- What the burst says

  synchronized boolean begin(Burst newBurst) {
    if (!mine || !running || newBurst.token() != token) {
      return false;
    }
    burst = newBurst;
    return true;
  }

  /** The burst has ended; what is due at once begins at once. */
  synchronized void end(Burst ended, boolean brokeDown) {
    if (ended != null && ended.isAbandoned()) {
      return; // another one is under way, or about to be
    }
    burst = null;
    busy = false;
    if (brokeDown || ended != null && !ended.isAllCommitted()) {
      readTo = 0; // what it has read and not committed comes again
    }
    breakdowns = brokeDown ? breakdowns + 1 : 0;
    long due = brokeDown ? WorkerPolicy.backoff(breakdowns).toMillis() : nextIn(ended);
    dueNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Math.min(due, LONGEST_MILLIS));
    notBeforeNanos = brokeDown ? dueNanos : System.nanoTime();
    if (due <= 0) {
      wakeUp();
    }
  }

  /** In how many milliseconds there is something to do. */
  private long nextIn(Burst ended) {
    if (ended == null) {
      return Long.MAX_VALUE;
    }
    if (ended.isLost()) {
      // By then it is known who has it; where that is known already, it is still ours.
      return ended.token() == token ? AFTER_A_LOSS_MILLIS : 0;
    }
    if (replays) {
      return 0;
    }
    if (ended.isBlocked()) {
      return Math.min(ended.retryMillis(), ended.periodicMillis());
    }
    return unreadTo > readTo ? 0 : ended.periodicMillis();
  }

  /** Wakes it when the time of something has come. */
  synchronized void wakeWhenDue() {
    if (!busy && System.nanoTime() - dueNanos >= 0) {
      dueNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LONGEST_MILLIS);
      wakeUp();
    }
  }

  /** A burst that does not return is left to itself. */
  synchronized void abandon(Burst abandoned) {
    if (burst == abandoned) {
      burst.abandon();
      burst = null;
      busy = false;
      mine = false;
    }
  }

  synchronized void hasRead(long to, boolean all) {
    lastReadNanos = System.nanoTime();
    if (all) {
      readTo = Math.max(readTo, to);
    }
  }

  synchronized boolean mayHaveUnread() {
    return unreadTo > readTo;
  }

  synchronized void replays() {
    replays = true;
  }

  /** Whether dead letters may wait to be replayed; asked once for each time it is said. */
  synchronized boolean takeReplays() {
    boolean some = replays;
    replays = false;
    return some;
  }

  /** Waits until somebody has something to say. */
  synchronized void await(Burst waiting, long millis) throws InterruptedException {
    if (!waiting.isStopped() && unreadTo <= readTo && !replays) {
      wait(millis);
    }
  }

  /**
   * Lets messages gather until that long after the last page was read.
   *
   * @return whether there is something else to do before
   */
  synchronized boolean pause(Burst waiting, long millis) throws InterruptedException {
    long left;
    while ((left = millis - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - lastReadNanos)) > 0) {
      if (waiting.isStopped() || replays || waiting.isPeriodicDue()) {
        return true;
      }
      wait(left);
    }
    return waiting.isStopped();
  }

  /** So often in a row a service was down. */
  synchronized int outage() {
    return ++outages;
  }

  synchronized void noOutage() {
    outages = 0;
  }

  private void stopBurst() {
    if (burst != null) {
      burst.stop();
      if (!mine) {
        burst.lost();
      }
      notifyAll();
    }
  }
}
