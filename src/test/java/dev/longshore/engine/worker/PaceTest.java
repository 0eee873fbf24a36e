package dev.longshore.engine.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Claims and chunks are as large as the handlers of their type are quick. */
class PaceTest {

  private final Pace pace = new Pace();

  @BeforeEach
  void limits() {
    pace.maxClaimSize = 300;
    pace.maxChunkSize = 100;
    pace.chunkLimit = Duration.ofSeconds(2);
  }

  @Test
  void aTypeThatNobodyHasSeenBeginsWithSmallClaims() {
    assertThat(pace.claimSize("new")).isEqualTo(20);
    pace.maxClaimSize = 7;
    assertThat(pace.claimSize("new")).isEqualTo(7);
  }

  @Test
  void aClaimIsWhatFitsIntoAQuarterOfTheLimit() {
    took("quick", 1);
    took("slow", 50);
    took("slower", 5_000);
    assertThat(pace.claimSize("quick")).isEqualTo(300);
    assertThat(pace.claimSize("slow")).isEqualTo(10);
    assertThat(pace.claimSize("slower")).isEqualTo(1);
  }

  @Test
  void aLargeClaimStaysBrief() {
    pace.maxClaimSize = 600;
    pace.took("half", TimeUnit.MICROSECONDS.toNanos(500));
    assertThat(pace.claimSize("half")).isEqualTo(400);
    assertThat(pace.isBrief("half", 400)).isTrue();
    took("one", 1);
    assertThat(pace.claimSize("one")).as("it cannot be both").isEqualTo(500);
  }

  @Test
  void norMoreThanPayloadsOfEightMebibytes() {
    took("type", 1);
    pace.carried("type", 1 << 20);
    assertThat(pace.claimSize("type")).isEqualTo(8);
    for (int i = 0; i < 100; i++) {
      pace.carried("type", 100);
    }
    assertThat(pace.claimSize("type")).isEqualTo(300);
    pace.carried("type", 100 << 20);
    assertThat(pace.claimSize("type")).isEqualTo(1);
  }

  @Test
  void aTypeThatHasBecomeSlowGetsSmallerClaimsAfterSomeCalls() {
    took("type", 1);
    for (int i = 0; i < 30; i++) {
      took("type", 50);
    }
    assertThat(pace.claimSize("type")).isBetween(10, 11);
  }

  @Test
  void aChunkIsFullWhenTheNextCallsMightPassAQuarterOfTheLimit() {
    assertThat(pace.isChunkFull("new", 1, TimeUnit.MILLISECONDS.toNanos(499))).isFalse();
    assertThat(pace.isChunkFull("new", 1, TimeUnit.MILLISECONDS.toNanos(501))).isTrue();
    took("slow", 300);
    assertThat(pace.isChunkFull("slow", 1, 0)).isTrue();
    took("quick", 1);
    assertThat(pace.isChunkFull("quick", 1, 0)).isFalse();
  }

  @Test
  void aChunkIsFullWhenItHasAsManyTasksAsItMay() {
    took("quick", 1);
    assertThat(pace.isChunkFull("quick", 99, 0)).isFalse();
    assertThat(pace.isChunkFull("quick", 100, 0)).isTrue();
  }

  private void took(String type, long millis) {
    pace.took(type, TimeUnit.MILLISECONDS.toNanos(millis));
  }
}
