package dev.longshore.edge.rest;

import dev.longshore.task.Limits;
import dev.longshore.task.Rate;

/** Limits as members of a queue or type. */
final class LimitsJson {

  private LimitsJson() {}

  static void write(Limits limits, JsonOut out) {
    out.number("limit", limits.tasks())
        .number("keyLimit", limits.perKey())
        .text("rate", text(limits.rate()))
        .text("keyRate", text(limits.keyRate()));
  }

  private static String text(Rate rate) {
    return rate == null ? null : rate.toString();
  }
}
