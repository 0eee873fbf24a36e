package dev.longshore.engine.limit;

import java.time.OffsetDateTime;
import java.util.List;

/** What {@link Admit} chose: to be claimed, as far as there is room, and then finished. */
public final class Admission {

  final Choice choice;
  final List<Due.Freed> freed;
  final List<Waiting> others;
  private final OffsetDateTime opensAt;

  Admission(Choice choice, List<Due.Freed> freed, List<Waiting> others, OffsetDateTime opensAt) {
    this.choice = choice;
    this.freed = freed;
    this.others = others;
    this.opensAt = opensAt;
  }

  /** The ids of the tasks. */
  public Long[] tasks() {
    return choice.chosen.stream().map(Waiting::id).toArray(Long[]::new);
  }

  /** When a rate lets more of them in; {@code null} when none is known to. */
  public OffsetDateTime opensAt() {
    return opensAt;
  }
}
