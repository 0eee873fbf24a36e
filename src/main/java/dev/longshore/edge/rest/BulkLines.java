package dev.longshore.edge.rest;

import java.io.IOException;
import java.io.InputStream;

/** Splits a stream at its line ends. */
class BulkLines<T> extends BulkItems<T> {

  private long line;

  BulkLines(InputStream in, int limit, Read<T> read) {
    super(in, limit, read);
  }

  @Override
  boolean advance() throws IOException {
    boolean blank = true;
    line++;
    int b;
    while ((b = read()) != -1) {
      if (b == '\n') {
        if (!blank) {
          return true;
        }
        line++;
      } else if (!blank || b != ' ' && b != '\t' && b != '\r') {
        blank = false;
        append(b);
      }
    }
    return !blank;
  }

  @Override
  String what() {
    return "line";
  }

  @Override
  String unit() {
    return "line";
  }

  @Override
  long position() {
    return line;
  }
}
