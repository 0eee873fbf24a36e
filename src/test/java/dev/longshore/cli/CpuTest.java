package dev.longshore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CpuTest {

  @Test
  void a_program_s_name_may_look_like_fields() {
    String stat = "7 (a) b (c) S 1 7 7 0 -1 4194560 50 60 0 0 11 22 33 44 20 0 1 0 99";
    assertThat(Cpu.field(stat, 4)).isEqualTo(1);
    assertThat(Cpu.field(stat, 14)).isEqualTo(11);
    assertThat(Cpu.field(stat, 17)).isEqualTo(44);
  }
}
