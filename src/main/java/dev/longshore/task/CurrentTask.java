package dev.longshore.task;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Produces;

/** The attempt that the calling thread works on; what {@code @Inject TaskContext} answers with. */
@ApplicationScoped
public class CurrentTask {

  private static final ThreadLocal<TaskContext> CURRENT = new ThreadLocal<>();

  /** Puts back what the thread worked on before. */
  @FunctionalInterface
  public interface Binding extends AutoCloseable {
    @Override
    void close();
  }

  /** Binds the calling thread to the attempt ({@code null}: to none) until the answer is closed. */
  public static Binding bind(TaskContext task) {
    TaskContext before = CURRENT.get();
    set(task);
    return () -> set(before);
  }

  /** The attempt of the calling thread, or {@code null} outside of any. */
  public static TaskContext get() {
    return CURRENT.get();
  }

  @Produces
  @Dependent
  TaskContext produce() {
    TaskContext task = CURRENT.get();
    if (task == null) {
      throw new IllegalStateException(
          "No task runs on this thread: TaskContext is for handlers and for batch artifacts of a"
              + " task's job");
    }
    return task;
  }

  private static void set(TaskContext task) {
    if (task == null) {
      CURRENT.remove();
    } else {
      CURRENT.set(task);
    }
  }
}
