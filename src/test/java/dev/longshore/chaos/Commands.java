package dev.longshore.chaos;

import dev.longshore.chaos.History.Beat;
import dev.longshore.chaos.History.Start;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whether the commands of a key ran one after the other, by what they wrote themselves: a line when
 * they began, and again until they ended, all of them to the end of one file.
 */
final class Commands {

  private Commands() {}

  /** One that writes again after another one of its key has written ran beside that. */
  static void check(List<Beat> beats, List<String> found) {
    Map<String, Start> now = new HashMap<>();
    Map<String, Set<Start>> over = new HashMap<>();
    Set<String> said = new LinkedHashSet<>(); // once, however often they take turns
    for (Beat beat : beats) {
      Start before = now.put(beat.key(), beat.of());
      if (before != null && !before.equals(beat.of())) {
        over.computeIfAbsent(beat.key(), key -> new HashSet<>()).add(before);
      }
      if (over.getOrDefault(beat.key(), Set.of()).contains(beat.of())
          && !beat.of().equals(before)) {
        said.add("key %s: %s ran beside %s".formatted(beat.key(), beat.of(), before));
      }
    }
    found.addAll(said);
  }
}
