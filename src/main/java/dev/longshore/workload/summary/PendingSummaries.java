package dev.longshore.workload.summary;

import java.util.Map;
import java.util.TreeMap;

/** The summary worker's state: what was asked for and has not come. */
public class PendingSummaries {

  /**
   * A summary that was asked for.
   *
   * @param since when, as ISO 8601
   * @param tries how often the API was called for it
   * @param error what it said last; {@code null} before
   */
  public record Request(String since, int tries, String error) {}

  /** By the post's id. */
  public Map<String, Request> requests = new TreeMap<>();
}
