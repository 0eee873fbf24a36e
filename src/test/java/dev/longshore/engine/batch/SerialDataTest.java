package dev.longshore.engine.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InvalidClassException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.jberet.runtime.StepExecutionImpl;
import org.junit.jupiter.api.Test;

class SerialDataTest {

  private final SerialData data = new SerialData();

  @Test
  void a_checkpoint_comes_back_as_it_was() throws Exception {
    ArrayList<String> checkpoint = new ArrayList<>(List.of("file.csv", "42"));

    assertThat(through(checkpoint)).isEqualTo(checkpoint);
  }

  /** That of a primitive type no class loader finds. */
  @Test
  void a_class_comes_back_whoever_knows_it() throws Exception {
    ArrayList<Class<?>> classes = new ArrayList<>(List.of(int.class, SerialDataTest.class));

    assertThat(through(classes)).isEqualTo(classes);
  }

  @Test
  void JBeret_finds_it_so_that_nothing_stays_nothing() {
    StepExecutionImpl step = new StepExecutionImpl("step");
    step.setReaderCheckpointInfo(null);

    assertThat(step.getReaderCheckpointInfoSerialized()).isNull();
  }

  @Test
  void an_artifacts_own_bytes_come_back_as_bytes() {
    StepExecutionImpl step = new StepExecutionImpl("step");
    step.setReaderCheckpointInfo(new byte[] {1, 2, 3});

    assertThat((byte[]) step.getReaderCheckpointInfo()).containsExactly(1, 2, 3);
  }

  @Test
  void an_absurd_depth_is_refused() {
    ArrayList<Serializable> nested = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      ArrayList<Serializable> outer = new ArrayList<>();
      outer.add(nested);
      nested = outer;
    }
    ArrayList<Serializable> deep = nested;

    assertThatThrownBy(() -> through(deep)).isInstanceOf(InvalidClassException.class);
  }

  private Serializable through(Serializable value) throws Exception {
    return data.bytesToObject(
        data.objectToBytes(value), value.getClass(), getClass().getClassLoader());
  }
}
