package dev.longshore.edge.rest;

import dev.longshore.problem.InvalidInput;
import java.io.IOException;
import java.io.InputStream;

/**
 * Splits a JSON array into the bytes of its elements: it looks at brackets, commas and quotes only,
 * and leaves it to the parser of the element whether what stands between them is JSON.
 */
class BulkArray<T> extends BulkItems<T> {

  private static final String NO_ARRAY =
      "The body is not a JSON array; lines of JSON are sent as application/x-ndjson.";

  private enum At {
    START,
    FIRST,
    NEXT,
    END
  }

  private At at = At.START;
  private long index = -1;

  BulkArray(InputStream in, int limit, Read<T> read) {
    super(in, limit, read);
  }

  @Override
  boolean advance() throws IOException {
    if (at == At.START) {
      int b = skipBlanks();
      if (b != '[') {
        throw InvalidInput.malformed(
            "", b == -1 ? "The body is empty; a JSON array is expected." : NO_ARRAY);
      }
      at = At.FIRST;
    }
    if (at == At.END) {
      return false;
    }
    index++;
    int b = skipBlanks();
    if (b == ']' && at == At.FIRST) {
      end();
      return false;
    }
    element(b);
    return true;
  }

  /** From its first byte through the comma or bracket that ends it. */
  private void element(int first) throws IOException {
    int depth = 0;
    boolean quoted = false;
    boolean escaped = false;
    for (int b = first; b != -1; b = read()) {
      if (quoted) {
        quoted = escaped || b != '"';
        escaped = !escaped && b == '\\';
      } else if (b == '"') {
        quoted = true;
      } else if (b == '{' || b == '[') {
        depth++;
      } else if (depth == 0 && b == ',') {
        notEmpty(first, b);
        at = At.NEXT;
        return;
      } else if (depth == 0 && b == ']') {
        notEmpty(first, b);
        end();
        return;
      } else if ((b == '}' || b == ']') && depth > 0) {
        depth--;
      }
      append(b);
    }
    throw InvalidInput.malformed("", "The body ends inside the array: it was cut off.")
        .at(unit(), index);
  }

  private void notEmpty(int first, int b) {
    if (first == b) {
      throw InvalidInput.malformed("", "A task is expected before '" + (char) b + "'.")
          .at(unit(), index);
    }
  }

  private void end() throws IOException {
    at = At.END;
    if (skipBlanks() != -1) {
      throw InvalidInput.malformed("", "Something follows the end of the array.");
    }
  }

  private int skipBlanks() throws IOException {
    int b;
    do {
      b = read();
    } while (b == ' ' || b == '\t' || b == '\n' || b == '\r');
    return b;
  }

  @Override
  String what() {
    return "element";
  }

  @Override
  String unit() {
    return "index";
  }

  @Override
  long position() {
    return index;
  }
}
