package dev.longshore.engine.claim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.engine.claim.Cursor.Place;
import dev.longshore.engine.claim.Cursor.Route;
import java.time.OffsetDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;

class CursorTest {

  private static final Route ROUTE = new Route("mail", "default", 4);
  private static final OffsetDateTime NOON = OffsetDateTime.parse("2030-01-01T12:00:00Z");

  private final Cursor cursor = new Cursor();

  @Test
  void theNextClaimOfARouteGoesOnBehindTheLastTask() {
    cursor.advance(
        ROUTE,
        List.of(
            new Place(NOON, 7),
            new Place(NOON.plusSeconds(1), 3),
            new Place(OffsetDateTime.parse("2030-01-01T13:00:01+01:00"), 2)));

    assertThat(cursor.starts(false))
        .isEqualTo(
            new Object[] {
              new String[] {"mail"},
              new String[] {"default"},
              new Integer[] {4},
              new String[] {"2030-01-01T12:00:01Z"},
              new Long[] {3L}
            });
  }

  @Test
  void aSweepBeginsAtTheStartOfEveryRoute() {
    cursor.advance(ROUTE, List.of(new Place(NOON, 7)));
    assertThat((Object[]) cursor.starts(true)[0]).isEmpty();
  }

  @Test
  void aSweepThatFindsOlderTasksSetsTheRouteBack() {
    cursor.advance(ROUTE, List.of(new Place(NOON, 7)));
    cursor.advance(ROUTE, List.of(new Place(NOON.minusHours(1), 9)));
    assertThat(cursor.starts(false)[3]).isEqualTo(new String[] {"2030-01-01T11:00Z"});
  }

  @Test
  void sweepsTakeATenthOfTheTime() {
    long now = System.nanoTime();
    assertThat(cursor.isSweepDue(now)).isTrue();
    cursor.swept(now, 300_000_000);
    assertThat(cursor.isSweepCheap()).isFalse();
    assertThat(cursor.isSweepDue(now + 2_999_999_999L)).isFalse();
    assertThat(cursor.isSweepDue(now + 3_000_000_000L)).isTrue();
    cursor.swept(now, 1_000_000);
    assertThat(cursor.isSweepCheap()).isTrue();
    assertThat(cursor.isSweepDue(now + 10_000_000)).isTrue();
  }

  @Test
  void howeverSlowTheyAreOneComesAfterTenSeconds() {
    long now = System.nanoTime();
    cursor.swept(now, 5_000_000_000L);
    assertThat(cursor.isSweepDue(now + 9_999_999_999L)).isFalse();
    assertThat(cursor.isSweepDue(now + 10_000_000_000L)).isTrue();
  }
}
