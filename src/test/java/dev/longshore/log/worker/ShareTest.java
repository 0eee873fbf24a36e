package dev.longshore.log.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShareTest {

  @Test
  void aNodeAsksForHalfOfWhatAnotherHasMore() {
    Share share = Share.of("b", owned("a", "a", "a", "a", "a"));
    assertThat(share).isEqualTo(new Share("a", List.of("w3", "w4")));
  }

  @Test
  void oneMoreIsNoReasonToMove() {
    assertThat(Share.of("b", owned("a", "a", "b")).workers()).isEmpty();
    assertThat(Share.of("b", owned("a")).workers()).isEmpty();
    assertThat(Share.of("b", List.of()).workers()).isEmpty();
    assertThat(Share.of("a", owned("a", "a", "b", "b")).workers()).isEmpty();
  }

  @Test
  void whatIsAskedForAlreadyCountsAsMoved() {
    List<WorkerRows.Row> standing = owned("a", "a", "a", "a");
    standing.set(3, row(3, "a", "b", "running"));
    standing.set(2, row(2, "a", "b", "running"));
    assertThat(Share.of("b", standing).workers()).isEmpty();
    assertThat(Share.of("c", standing)).isEqualTo(new Share("a", List.of("w1")));
  }

  @Test
  void whatIsFreeIsTakenFirst() {
    List<WorkerRows.Row> standing = owned("a", "a", "a", "a");
    standing.set(0, row(0, null, null, "running"));
    assertThat(Share.of("b", standing).workers()).isEmpty();
    standing.set(0, row(0, null, null, "stopped"));
    assertThat(Share.of("b", standing).workers()).containsExactly("w3");
  }

  @Test
  void manyNodesThatTakeTurnsComeToTheSameNumberAndThenToRest() {
    List<WorkerRows.Row> standing =
        owned(IntStream.range(0, 100).mapToObj(n -> "a").toArray(String[]::new));
    int moves = 0;
    int before;
    do {
      before = moves;
      for (String me : List.of("b", "c", "a", "d")) {
        Share share = Share.of(me, standing);
        for (int i = 0; i < standing.size(); i++) {
          if (share.workers().contains(standing.get(i).name())) {
            standing.set(i, row(i, me, null, "running")); // handed over
            moves++;
          }
        }
      }
    } while (moves > before);
    Map<String, Integer> load = new HashMap<>();
    standing.forEach(row -> load.merge(row.owner(), 1, Integer::sum));
    assertThat(load.values()).allSatisfy(n -> assertThat(n).isBetween(24, 26)).hasSize(4);
    assertThat(moves).isLessThan(200);
  }

  private static List<WorkerRows.Row> owned(String... owners) {
    List<WorkerRows.Row> rows = new ArrayList<>();
    for (String owner : owners) {
      rows.add(row(rows.size(), owner, null, "running"));
    }
    return rows;
  }

  private static WorkerRows.Row row(int n, String owner, String askedBy, String wanted) {
    return new WorkerRows.Row("w" + n, List.of(), wanted, n, false, false, owner, askedBy, false);
  }
}
