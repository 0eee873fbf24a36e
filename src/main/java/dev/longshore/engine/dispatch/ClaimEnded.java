package dev.longshore.engine.dispatch;

import dev.longshore.task.Lane;

/** A claim has left its slot: there is room for another. Fired after its message was handled. */
public record ClaimEnded(long claim, Lane lane) {}
