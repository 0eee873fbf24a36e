package dev.longshore.workload.issue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * What a command writes, between its pipe and the log. One thread adds, another takes. However fast
 * the command is and however long nobody takes, it holds the first half and the last half of the
 * limit and drops what lies between.
 */
final class Output {

  /** How many of the last bytes an error message quotes. */
  private static final int TAIL = 2000;

  private static final int CHUNK = 65_536;
  private static final int SMALL = 4096;

  /**
   * Bytes that follow each other.
   *
   * @param position of the first one in the whole output, from 0
   */
  record Chunk(long position, byte[] bytes) {
    long end() {
      return position + bytes.length;
    }
  }

  private final long head;
  private final long rest;
  private final Deque<Chunk> first = new ArrayDeque<>();
  private final Deque<Chunk> last = new ArrayDeque<>();
  private byte[] tail = {};
  private long total;

  /**
   * @param limit how many bytes of it are to be kept
   */
  Output(long limit) {
    head = limit / 2;
    rest = limit - head;
  }

  synchronized void add(byte[] bytes, int length) {
    int inHead = (int) Math.max(0, Math.min(length, head - total));
    put(first, bytes, 0, inHead);
    put(last, bytes, inHead, length);
    keepTail(bytes, length);
    trim();
  }

  private void put(Deque<Chunk> chunks, byte[] bytes, int from, int to) {
    if (from == to) {
      return;
    }
    Chunk before = chunks.peekLast();
    if (before != null && before.end() == total && before.bytes.length + to - from <= SMALL) {
      chunks.removeLast(); // many small writes must not become many small chunks
      byte[] joined = Arrays.copyOf(before.bytes, before.bytes.length + to - from);
      System.arraycopy(bytes, from, joined, before.bytes.length, to - from);
      chunks.add(new Chunk(before.position, joined));
    } else {
      chunks.add(new Chunk(total, Arrays.copyOfRange(bytes, from, to)));
    }
    total += to - from;
  }

  /** Drops what is out of the last half, in whole chunks: the log may hold one too many. */
  private void trim() {
    while (!last.isEmpty() && last.peek().end() <= total - rest) {
      last.remove();
    }
  }

  private void keepTail(byte[] bytes, int length) {
    byte[] joined = Arrays.copyOf(tail, tail.length + length);
    System.arraycopy(bytes, 0, joined, tail.length, length);
    tail = Arrays.copyOfRange(joined, Math.max(0, joined.length - TAIL), joined.length);
  }

  /** What came since the last time, in few pieces. */
  synchronized List<Chunk> take() {
    List<Chunk> taken = new ArrayList<>();
    join(first, taken);
    join(last, taken);
    return taken;
  }

  private static void join(Deque<Chunk> chunks, List<Chunk> into) {
    while (!chunks.isEmpty()) {
      Chunk start = chunks.remove();
      ByteArrayOutputStream piece = new ByteArrayOutputStream();
      piece.writeBytes(start.bytes);
      while (!chunks.isEmpty()
          && chunks.peek().position == start.position + piece.size()
          && piece.size() < CHUNK) {
        piece.writeBytes(chunks.remove().bytes);
      }
      into.add(new Chunk(start.position, piece.toByteArray()));
    }
  }

  /** Puts back what was taken and could not be stored. */
  synchronized void putBack(List<Chunk> chunks) {
    for (int i = chunks.size() - 1; i >= 0; i--) {
      Chunk chunk = chunks.get(i);
      (chunk.position < head ? first : last).addFirst(chunk);
    }
    trim();
  }

  /** How many bytes the command wrote. */
  synchronized long total() {
    return total;
  }

  /** Chunks of the log that begin at or after this one … */
  long head() {
    return head;
  }

  /** … and end at or before this one are no longer kept. */
  synchronized long keptFrom() {
    return Math.max(head, total - rest);
  }

  /** The end of it as text, for an error message; without a line that is cut. */
  synchronized String tail() {
    String text = text(tail);
    int line = total > tail.length ? text.indexOf('\n') : -1;
    return text.substring(line + 1).strip();
  }

  /** The last line that is not empty; {@code null} when there is none. */
  String lastLine() {
    String text = tail();
    String line = text.substring(Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')) + 1);
    return line.isBlank() ? null : line.length() <= 200 ? line : line.substring(0, 200) + "…";
  }

  /** Bytes as text that PostgreSQL and terminals can take: U+FFFD stands for what is none. */
  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8).replace('\0', '\uFFFD');
  }
}
