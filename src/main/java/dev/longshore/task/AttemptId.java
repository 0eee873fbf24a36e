package dev.longshore.task;

import java.io.Serializable;
import java.util.Objects;

/** The primary key of an {@link Attempt}; JPA wants it with fields of the same names. */
public class AttemptId implements Serializable {

  private long taskId;
  private long claimId;

  public AttemptId() {}

  @Override
  public boolean equals(Object other) {
    return other instanceof AttemptId o && o.taskId == taskId && o.claimId == claimId;
  }

  @Override
  public int hashCode() {
    return Objects.hash(taskId, claimId);
  }
}
