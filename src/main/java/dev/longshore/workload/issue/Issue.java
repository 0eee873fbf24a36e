package dev.longshore.workload.issue;

import java.time.OffsetDateTime;

/**
 * An issue and what its latest task says of it.
 *
 * @param status pending, started, completed; failed and cancelled; or what history brought along
 * @param assignedTo who runs it or ran it last, {@code null} while it is pending
 * @param task the id of its latest task, {@code null} for history that never had one
 * @param attempts runs that count, of that task
 * @param error of the last attempt, {@code null} when it went well
 */
record Issue(
    int id,
    String description,
    String status,
    String assignedTo,
    Long task,
    OffsetDateTime createdAt,
    OffsetDateTime updatedAt,
    int attempts,
    Integer maxAttempts,
    String error) {

  /**
   * One run of the latest task.
   *
   * @param exitCode {@code null} while the command runs, and where a foreign worker ran the issue
   * @param output how many bytes it wrote, kept or not; {@code null} while it runs
   */
  record Run(
      int number,
      long claim,
      String worker,
      OffsetDateTime startedAt,
      OffsetDateTime endedAt,
      String outcome,
      String error,
      Integer exitCode,
      Long output) {}
}
