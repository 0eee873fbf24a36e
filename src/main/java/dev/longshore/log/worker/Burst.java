package dev.longshore.log.worker;

import dev.longshore.log.Message;
import dev.longshore.log.MessageRow;
import dev.longshore.task.Payloads;
import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One execution of a worker's job: what it has read, what it has committed, and the chunk that is
 * open now. The artifacts of {@code event-worker.xml} work on the one that is bound to their
 * thread.
 */
final class Burst {

  private static final ThreadLocal<Burst> CURRENT = new ThreadLocal<>();

  /** What a chunk's transaction is to stay under: it keeps others from what it has locked. */
  private static final long CHUNK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final Consumer consumer;
  private final WorkerRows.Beginning beginning;
  private final Payloads payloads;

  /** What was read and is not committed. */
  private final List<Item> read = new ArrayList<>();

  /** Of {@link #read}, what comes next. */
  private int next;

  /** A dead letter or a periodic run, alone in its chunk; {@code null} when it is none. */
  private Item special;

  /** Every message of ours up to here was read. */
  private long readTo;

  /** What the open chunk has processed. */
  private final List<Item> chunk = new ArrayList<>();

  private long chunkBegan;
  private boolean chunkIsOpen;

  private Object state;
  private String committedState;
  private long position;
  private boolean suspicious;
  private long periodicAtNanos;
  private Long failing;
  private int failures;

  /** Nothing more is read: a message has to be tried again later, or the worker halts. */
  private boolean blocked;

  private boolean halted;
  private long retryAtNanos;
  private volatile boolean stopped;
  private volatile boolean lost;
  private volatile boolean abandoned;

  Burst(Consumer consumer, WorkerRows.Beginning beginning, Payloads payloads) {
    this.consumer = consumer;
    this.beginning = beginning;
    this.payloads = payloads;
    this.position = beginning.position();
    this.readTo = beginning.position();
    this.suspicious = beginning.suspicious();
    this.failing = beginning.failing();
    this.failures = beginning.failures();
    this.halted = beginning.halted();
    this.blocked = halted || beginning.retryMillis() != null && beginning.retryMillis() > 0;
    if (beginning.retryMillis() != null) {
      retryAtNanos = fromNow(beginning.retryMillis());
    }
    if (beginning.periodicMillis() != null) {
      periodicAtNanos = fromNow(beginning.periodicMillis());
    }
    state = declaration().readState(json(beginning.state()), payloads);
    committedState = beginning.state() == null ? null : stateText();
  }

  static Burst current() {
    return CURRENT.get();
  }

  /** Binds the calling thread to the burst, {@code null} to none. */
  static void bind(Burst burst) {
    if (burst == null) {
      CURRENT.remove();
    } else {
      CURRENT.set(burst);
    }
  }

  WorkerDeclaration declaration() {
    return consumer.declaration();
  }

  Consumer consumer() {
    return consumer;
  }

  String worker() {
    return declaration().name();
  }

  long token() {
    return beginning.token();
  }

  long jobInstance() {
    return beginning.jobInstance();
  }

  long position() {
    return position;
  }

  long readTo() {
    return readTo;
  }

  /**
   * What the last try of the message ended with that is tried again first; {@code null} for none.
   */
  String lastError() {
    return beginning.error();
  }

  boolean isReplay(Item item) {
    return item.kind == Item.Kind.MESSAGE && item.messageId() <= beginning.replayUntil();
  }

  // ---- What to do next

  /** Asks it to end in front of the next chunk. */
  void stop() {
    stopped = true;
  }

  /** Somebody else has the worker now: what is not committed is rolled back. */
  void lost() {
    lost = true;
    stopped = true;
  }

  /** It does not return: the worker goes on without it. */
  void abandon() {
    abandoned = true;
    lost();
  }

  boolean isAbandoned() {
    return abandoned;
  }

  boolean isStopped() {
    return stopped;
  }

  boolean isLost() {
    return lost;
  }

  boolean isBlocked() {
    return blocked;
  }

  boolean isPeriodicDue() {
    return declaration().isPeriodic() && periodicMillis() <= 0;
  }

  /** Until the next periodic run; a long time when there is none. */
  long periodicMillis() {
    return declaration().isPeriodic() ? millisUntil(periodicAtNanos) : Long.MAX_VALUE;
  }

  /** Until the message that failed is tried again; a long time when nobody tries it. */
  long retryMillis() {
    return halted ? Long.MAX_VALUE : millisUntil(retryAtNanos);
  }

  /** What was read; {@code to} says up to which id there is nothing else. */
  void add(List<Message> messages, long to) {
    read.subList(0, next).clear();
    next = 0;
    for (Message message : messages) {
      int attempt = failing != null && failing == message.id() ? failures + 1 : 1;
      read.add(new Item(Item.Kind.MESSAGE, message, 0, attempt));
    }
    readTo = to;
  }

  boolean hasNext() {
    return next < read.size();
  }

  Item next() {
    return read.get(next++);
  }

  /** Whether nothing that it has read has still to be handled. */
  boolean isAllCommitted() {
    return read.isEmpty() && !blocked && !lost;
  }

  /** Has the item come next, alone in its chunk. */
  void special(Item item) {
    special = item;
  }

  Item special() {
    return special;
  }

  /** After a rollback: what is not committed comes again. */
  void rewind() {
    next = 0;
  }

  // ---- The open chunk

  /** A chunk begins, after a commit or after a rollback. */
  void beginChunk() {
    if (chunkIsOpen) {
      state = declaration().readState(json(committedState), payloads);
    }
    chunk.clear();
    chunkBegan = System.nanoTime();
    chunkIsOpen = true;
  }

  boolean isChunkEmpty() {
    return chunk.isEmpty();
  }

  void enter(Item item) {
    if (chunk.isEmpty()) {
      chunkBegan = System.nanoTime(); // it may have waited for a message before
    }
    chunk.add(item);
  }

  /** Whether nothing but this item can have made the open chunk fail. */
  boolean isAlone() {
    return chunk.size() == 1;
  }

  boolean isChunkFull() {
    return special != null
        || !hasNext()
        || suspicious
        || stopped
        || chunk.get(chunk.size() - 1).attempt > 1 // it has failed before: alone it holds up nobody
        || chunk.size() >= declaration().policy().chunk()
        || System.nanoTime() - chunkBegan > CHUNK_NANOS;
  }

  boolean isSuspicious() {
    return suspicious;
  }

  Object state() {
    return state;
  }

  void state(Object newState) {
    state = newState;
  }

  /** The state's JSON if it differs from what is committed; {@code null} otherwise. */
  String changedState() {
    String text = stateText();
    return text == null || text.equals(committedState) ? null : text;
  }

  /** Where the worker stands when the chunk is committed. */
  long positionAfter(List<Item> items) {
    long last = position;
    for (Item item : items) {
      boolean passed =
          item.kind == Item.Kind.MESSAGE
              && item.outcome() != Item.Outcome.FAILED
              && item.outcome() != Item.Outcome.WAITING
              && item.outcome() != Item.Outcome.HALTED;
      last = passed ? item.messageId() : last;
    }
    return hasNext() || last == position ? last : Math.max(last, readTo);
  }

  /** Where it stands when the open chunk is. */
  long positionAfterChunk() {
    return positionAfter(chunk);
  }

  /** The chunk is committed. */
  List<Item> committed() {
    List<Item> items = List.copyOf(chunk);
    position = positionAfter(items);
    String changed = changedState();
    committedState = changed == null ? committedState : changed;
    chunk.clear();
    chunkIsOpen = false;
    if (special != null) {
      special = null;
    } else {
      read.subList(0, next).clear();
      next = 0;
      suspicious = false;
      failing = null;
      failures = 0;
    }
    return items;
  }

  /** From the commit on, nothing is read before that time. */
  void block(long retryMillis, boolean forEver) {
    blocked = true;
    halted = forEver;
    retryAtNanos = fromNow(retryMillis);
  }

  void periodicIn(long millis) {
    periodicAtNanos = fromNow(millis);
  }

  private String stateText() {
    JsonObject json = declaration().writeState(state, payloads);
    return json == null ? null : json.toString();
  }

  private static JsonObject json(String text) {
    return text == null ? null : MessageRow.json(text);
  }

  private static long fromNow(long millis) {
    return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
  }

  private static long millisUntil(long nanos) {
    long left = nanos - System.nanoTime();
    return left <= 0 ? 0 : TimeUnit.NANOSECONDS.toMillis(left) + 1;
  }
}
