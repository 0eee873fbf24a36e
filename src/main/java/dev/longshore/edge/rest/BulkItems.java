package dev.longshore.edge.rest;

import dev.longshore.problem.InvalidInput;
import dev.longshore.problem.TooLarge;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * The tasks or messages of a bulk request, one after the other as they come in: the request may be
 * endless, one of them may not. One that is wrong is said to be so with its line or index.
 */
abstract class BulkItems<T> implements Iterator<T> {

  private final InputStream in;
  private final byte[] buffer = new byte[64 * 1024];
  private int filled;
  private int next;

  private byte[] item = new byte[4096];
  private int length;
  private final int limit;
  private boolean ready;

  private final Read<T> read;

  /** Makes a task or a message of its JSON. */
  @FunctionalInterface
  interface Read<T> {

    /**
     * @param what what the sender calls it: line, element
     */
    T of(byte[] json, String what);
  }

  BulkItems(InputStream in, int limit, Read<T> read) {
    this.in = in;
    this.limit = limit;
    this.read = read;
  }

  /** Lines of JSON (application/x-ndjson); blank ones don't count. */
  static <T> BulkItems<T> lines(InputStream in, int limit, Read<T> read) {
    return new BulkLines<>(in, limit, read);
  }

  /** The elements of a JSON array. */
  static <T> BulkItems<T> array(InputStream in, int limit, Read<T> read) {
    return new BulkArray<>(in, limit, read);
  }

  /** Reads the bytes of the next one into {@link #append}; false when there is none. */
  abstract boolean advance() throws IOException;

  /** What the sender calls one: {@code line} or {@code element}. */
  abstract String what();

  /** What the sender counts by: {@code line} or {@code index}. */
  abstract String unit();

  /** Where the one that was read last stands. */
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
  public T next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    ready = false;
    byte[] json = Arrays.copyOf(item, length);
    try {
      return read.of(json, what());
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
      throw new TooLarge("", "It is longer than the " + limit + " bytes that this node accepts.")
          .at(unit(), position());
    }
    item[length++] = (byte) b;
  }
}
