package dev.longshore.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.db.Sql;
import jakarta.enterprise.event.Event;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.lang.ref.WeakReference;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Any number of tasks in one submission, a slice of them in memory. */
class SubmitTest {

  private static final int SLICE = 500;

  private final Submit submit = new Submit();

  /** How many rows each insert had. */
  private final List<Integer> inserts = new ArrayList<>();

  private final List<WeakReference<NewTask>> handedOut = new ArrayList<>();

  @BeforeEach
  void begin() {
    submit.types = new TaskTypes();
    submit.payloadLimit = 1 << 20;
    submit.sql =
        new Sql() {
          @Override
          @SuppressWarnings("unchecked")
          public <T> List<T> list(String sql, Row<T> mapper, Object... parameters) {
            return (List<T>) List.of("noop"); // the types that are declared
          }

          @Override
          public int update(String sql, Object... parameters) {
            inserts.add(((String[]) parameters[0]).length);
            return inserts.get(inserts.size() - 1);
          }
        };
    submit.submitted = ignored();
  }

  @Test
  void ofAHundredThousandTasksNoMoreThanASliceIsHeld() {
    int many = 100_000;

    SubmittedMany done =
        submit.submit(
            tasks(
                many,
                n -> {
                  if (n % 20_000 == 0) {
                    System.gc();
                    assertThat(handedOut.stream().filter(task -> task.get() != null).count())
                        .as("tasks in memory when %d have been read", n)
                        .isLessThanOrEqualTo(SLICE);
                  }
                  return JsonValue.EMPTY_JSON_OBJECT;
                }));

    assertThat(done).isEqualTo(new SubmittedMany(many, 0));
    assertThat(inserts).isEqualTo(Collections.nCopies(many / SLICE, SLICE));
  }

  @Test
  void aSliceOfLargePayloadsHasFewTasks() {
    JsonObject large = Json.createObjectBuilder().add("x", "y".repeat(300_000)).build();

    submit.submit(tasks(10, n -> large));

    assertThat(inserts).containsExactly(4, 4, 2);
  }

  private Iterator<NewTask> tasks(int count, IntFunction<JsonObject> payload) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(
            n -> {
              NewTask task = NewTask.of("noop", payload.apply(n));
              handedOut.add(new WeakReference<>(task));
              return task;
            })
        .iterator();
  }

  @SuppressWarnings("unchecked")
  private static Event<TasksSubmitted> ignored() {
    return (Event<TasksSubmitted>)
        Proxy.newProxyInstance(
            SubmitTest.class.getClassLoader(),
            new Class<?>[] {Event.class},
            (self, method, arguments) -> null);
  }
}
