package dev.longshore.problem;

import java.io.IOException;
import java.io.InputStream;

/** Reads a request's body without ever holding more of it than is allowed. */
public final class Body {

  private Body() {}

  /**
   * The whole body.
   *
   * @param limit the most bytes it may have
   * @throws TooLarge when there are more; the rest is left unread
   */
  public static byte[] read(InputStream body, int limit) throws IOException {
    byte[] bytes = body.readNBytes(limit + 1);
    if (bytes.length > limit) {
      throw new TooLarge(
          "", "The body is longer than the " + limit + " bytes that this node accepts.");
    }
    return bytes;
  }
}
