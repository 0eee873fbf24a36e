package dev.longshore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ResidentTest {

  private static final String STATUS = "Name:\tjava\nVmHWM:\t  463500 kB\nVmRSS:\t    2047 kB\n";

  @Test
  void reads_a_field_in_mebibytes() {
    assertThat(Resident.mebibytes(STATUS, "VmHWM")).isEqualTo(452);
    assertThat(Resident.mebibytes(STATUS, "VmRSS")).isEqualTo(1);
  }

  @Test
  void a_field_that_is_not_there_is_not_known() {
    assertThat(Resident.mebibytes(STATUS, "VmSwap")).isEqualTo(-1);
  }
}
