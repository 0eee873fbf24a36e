package dev.longshore.engine.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.db.DatabaseException;
import java.io.IOException;
import java.io.InvalidClassException;
import java.io.Serializable;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import java.util.ArrayList;
import java.util.List;
import javax.tools.ToolProvider;
import org.jberet.runtime.StepExecutionImpl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

  /** As the pool's are, of Liberty's: it has them to itself. */
  @Test
  void a_failure_comes_back_though_one_of_its_causes_is_of_a_class_that_only_the_server_has(
      @TempDir Path directory) throws Exception {
    Exception broken = new SQLTransientConnectionException("gone", "08006");
    Exception pool = unseen(directory, "java.lang.Exception", "super(why, cause)", broken);
    Exception failure =
        (Exception) through(new DatabaseException(new SQLException("no connection", pool)));

    assertThat(failure).isInstanceOf(DatabaseException.class);
    assertThat(DatabaseException.isAway(failure)).isTrue();
    assertThat(failure.getCause().getCause())
        .hasMessage("server.Unseen: why")
        .hasStackTraceContaining("SerialDataTest");
  }

  @Test
  void it_is_known_for_what_it_is_though_its_own_class_is_unseen(@TempDir Path directory)
      throws Exception {
    String state = "super(why, \"08003\", 7, cause)";
    for (Class<?> type : List.of(SQLException.class, SQLRecoverableException.class)) {
      Path folder = Files.createDirectory(directory.resolve(type.getSimpleName()));
      Exception failure = unseen(folder, type.getName(), state, new IOException("reset"));

      Throwable back = (Throwable) through(failure);

      assertThat(back).isExactlyInstanceOf(type).hasMessage("server.Unseen: why");
      assertThat(((SQLException) back).getSQLState()).isEqualTo("08003");
      assertThat(((SQLException) back).getErrorCode()).isEqualTo(7);
      assertThat(back.getCause()).hasMessage("reset");
    }
  }

  /** Compiled where no other class loader looks. */
  private static Exception unseen(Path directory, String type, String says, Exception cause)
      throws Exception {
    Path source =
        Files.writeString(
            directory.resolve("Unseen.java"),
            "package server; public class Unseen extends %s { public Unseen(String why, Throwable cause) { %s; } }"
                .formatted(type, says));
    ToolProvider.getSystemJavaCompiler()
        .run(null, null, null, "-d", directory.toString(), source.toString());
    URLClassLoader server = new URLClassLoader(new URL[] {directory.toUri().toURL()});
    return (Exception)
        server
            .loadClass("server.Unseen")
            .getConstructor(String.class, Throwable.class)
            .newInstance("why", cause);
  }

  private Serializable through(Serializable value) throws Exception {
    return data.bytesToObject(
        data.objectToBytes(value), value.getClass(), getClass().getClassLoader());
  }
}
