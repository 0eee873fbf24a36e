package dev.longshore.engine.dispatch;

import dev.longshore.task.Lane;

/**
 * A claim has left its slot: there is room for another. Fired after its message was handled.
 *
 * @param busy how many other slots of the lane are taken on this node
 * @param slots how many it has
 */
public record ClaimEnded(long claim, Lane lane, int busy, int slots) {

  /** Whether all others are taken. */
  public boolean areOthersBusy() {
    return busy >= slots - 1;
  }
}
