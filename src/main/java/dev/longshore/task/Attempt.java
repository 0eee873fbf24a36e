package dev.longshore.task;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.time.OffsetDateTime;

/** One run of a task, as history keeps it. Read only, like {@link Task}. */
@Entity
@Table(name = "attempt", schema = "longshore")
@IdClass(AttemptId.class)
public class Attempt {

  @Id
  @Column(name = "task_id")
  private long taskId;

  @Id
  @Column(name = "claim_id")
  private long claimId;

  private int number;
  private String worker;

  @Column(name = "started_at")
  private OffsetDateTime startedAt;

  @Column(name = "ended_at")
  private OffsetDateTime endedAt;

  private String outcome;
  private String error;

  @Column(name = "job_execution")
  private Long jobExecution;

  protected Attempt() {}

  public long taskId() {
    return taskId;
  }

  /** The claim that it ran under. */
  public long claimId() {
    return claimId;
  }

  /** 1 for the first. */
  public int number() {
    return number;
  }

  public String worker() {
    return worker;
  }

  public OffsetDateTime startedAt() {
    return startedAt;
  }

  /** {@code null} while it is under way. */
  public OffsetDateTime endedAt() {
    return endedAt;
  }

  /** An {@link Outcome#label}; {@code null} while it is under way. */
  public String outcome() {
    return outcome;
  }

  public String error() {
    return error;
  }

  /** The batch execution that ran it, if one did. */
  public Long jobExecution() {
    return jobExecution;
  }
}
