package dev.longshore.workload.issue;

import java.io.ByteArrayOutputStream;
import java.util.List;

/** An output as people read it. */
final class LogText {

  private LogText() {}

  /** Joins the chunks, and says in a line of its own where some are missing. */
  static String of(List<Output.Chunk> chunks) {
    StringBuilder text = new StringBuilder();
    ByteArrayOutputStream part = new ByteArrayOutputStream(); // a character may span two chunks
    long end = 0;
    for (Output.Chunk chunk : chunks) {
      if (chunk.position() > end) {
        text.append(Output.text(part.toByteArray()))
            .append("\n[… ")
            .append(chunk.position() - end)
            .append(" bytes were cut here: longshore.issue.log-limit …]\n");
        part.reset();
      }
      part.writeBytes(chunk.bytes());
      end = chunk.end();
    }
    return text.append(Output.text(part.toByteArray())).toString();
  }
}
