package dev.longshore.edge.rest;

import dev.longshore.problem.InvalidInput;
import dev.longshore.problem.TooLarge;
import dev.longshore.task.NewTask;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * The tasks of a bulk submission, one after the other as they come in: the request may be endless,
 * a task may not. A task that is wrong is said to be so with its line or index.
 */
abstract class BulkItems implements Iterator<NewTask> {

  private final InputStream in;
  private final byte[] buffer = new byte[64 * 1024];
  private int filled;
  private int next;

  private byte[] item = new byte[4096];
  private int length;
  private final int limit;
  private boolean ready;

  BulkItems(InputStream in, int limit) {
    this.in = in;
    this.limit = limit;
  }

  /** Lines of JSON (application/x-ndjson); blank ones don't count as tasks. */
  static BulkItems lines(InputStream in, int limit) {
    return new BulkLines(in, limit);
  }

  /** The elements of a JSON array. */
  static BulkItems array(InputStream in, int limit) {
    return new BulkArray(in, limit);
  }

  /** Reads the bytes of the next task into {@link #append}; false when there is none. */
  abstract boolean advance() throws IOException;

  /** What the sender calls a task: {@code line} or {@code element}. */
  abstract String what();

  /** What the sender counts by: {@code line} or {@code index}. */
  abstract String unit();

  /** Where the task that was read last stands. */
  abstract long position();

  @Override
  public boolean hasNext() {
    if (!ready) {
      length = 0;
      try {
        ready = advance();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return ready;
  }

  @Override
  public NewTask next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    ready = false;
    byte[] json = Arrays.copyOf(item, length);
    try {
      return ReadTask.of(json, what());
    } catch (InvalidInput e) {
      throw e.at(unit(), position());
    }
  }

  /** The next byte, or -1 at the end. */
  int read() throws IOException {
    if (next == filled) {
      filled = in.read(buffer);
      next = 0;
      if (filled <= 0) {
        filled = 0;
        return -1;
      }
    }
    return buffer[next++] & 0xff;
  }

  void append(int b) {
    if (length == item.length) {
      item = Arrays.copyOf(item, item.length * 2);
    }
    if (length == limit) {
      throw new TooLarge(
              "", "The task is longer than the " + limit + " bytes that this node accepts.")
          .at(unit(), position());
    }
    item[length++] = (byte) b;
  }
}
