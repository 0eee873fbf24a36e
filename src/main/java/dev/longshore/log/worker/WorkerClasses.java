package dev.longshore.log.worker;

import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.spi.Extension;
import jakarta.enterprise.inject.spi.ProcessAnnotatedType;
import jakarta.enterprise.inject.spi.WithAnnotations;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Notes the classes with {@link EventWorker} while the container looks at the application: those
 * too that cannot be beans, and would otherwise be passed over without a word.
 */
public class WorkerClasses implements Extension {

  private final List<Class<?>> found = new ArrayList<>();

  <T> void note(@Observes @WithAnnotations(EventWorker.class) ProcessAnnotatedType<T> type) {
    if (type.getAnnotatedType().isAnnotationPresent(EventWorker.class)) {
      found.add(type.getAnnotatedType().getJavaClass());
    }
  }

  /** By name, so that of several faults every node tells the same one first. */
  List<Class<?>> found() {
    return found.stream().sorted(Comparator.comparing(Class::getName)).toList();
  }
}
