package dev.longshore.task;

import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.OffsetDateTime;

/**
 * A task as it stood when it was read. Nothing is written through it: the verbs are statements of
 * their own, past any cache.
 */
@Entity
@Table(name = "task", schema = "longshore")
public class Task {

  @Id private long id;
  private String type;
  private String queue;

  @Convert(converter = StateColumn.class)
  private TaskState state;

  private int priority;

  @Convert(converter = JsonColumn.class)
  private String payload;

  @Column(name = "key")
  private String key;

  @Column(name = "unique_key")
  private String uniqueKey;

  private int attempts;

  @Column(name = "max_attempts")
  private int maxAttempts;

  @Column(name = "run_at")
  private OffsetDateTime runAt;

  @Column(name = "created_at")
  private OffsetDateTime createdAt;

  @Column(name = "started_at")
  private OffsetDateTime startedAt;

  @Column(name = "ended_at")
  private OffsetDateTime endedAt;

  private String worker;
  private String held;

  @Column(name = "cancel_requested")
  private boolean cancelRequested;

  @Convert(converter = JsonColumn.class)
  private String progress;

  @Convert(converter = JsonColumn.class)
  private String result;

  private String error;

  protected Task() {}

  public long id() {
    return id;
  }

  public String type() {
    return type;
  }

  public String queue() {
    return queue;
  }

  public TaskState state() {
    return state;
  }

  public int priority() {
    return priority;
  }

  /** JSON text, as PostgreSQL writes it. */
  public String payload() {
    return payload;
  }

  public String key() {
    return key;
  }

  public String uniqueKey() {
    return uniqueKey;
  }

  /** Runs that count against {@link #maxAttempts}. */
  public int attempts() {
    return attempts;
  }

  public int maxAttempts() {
    return maxAttempts;
  }

  public OffsetDateTime runAt() {
    return runAt;
  }

  public OffsetDateTime createdAt() {
    return createdAt;
  }

  /** Of the last attempt; {@code null} before the first. */
  public OffsetDateTime startedAt() {
    return startedAt;
  }

  public OffsetDateTime endedAt() {
    return endedAt;
  }

  /** Who runs it, or ran it last. */
  public String worker() {
    return worker;
  }

  /** What a pending task waits for: {@code key}, {@code task}, or {@code null} for neither. */
  public String held() {
    return held;
  }

  public boolean cancelRequested() {
    return cancelRequested;
  }

  /** JSON text or {@code null}. */
  public String progress() {
    return progress;
  }

  /** JSON text or {@code null}. */
  public String result() {
    return result;
  }

  public String error() {
    return error;
  }

  /** How long it is, roughly: what there is no small limit for. */
  long characters() {
    return length(payload) + length(progress) + length(result) + length(error);
  }

  private static long length(String text) {
    return text == null ? 0 : text.length();
  }
}
