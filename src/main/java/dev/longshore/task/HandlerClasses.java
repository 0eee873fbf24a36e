package dev.longshore.task;

import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Alternative;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.inject.spi.Extension;
import jakarta.enterprise.inject.spi.ProcessAnnotatedType;
import jakarta.enterprise.inject.spi.WithAnnotations;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Notes the classes with {@link Handler} while the container looks at the application: those too
 * that cannot be beans, such as abstract ones, and would otherwise be passed over without a word.
 */
public class HandlerClasses implements Extension {

  private final List<Class<?>> found = new ArrayList<>();

  <T> void note(@Observes @WithAnnotations(Handler.class) ProcessAnnotatedType<T> type) {
    if (type.getAnnotatedType().isAnnotationPresent(Handler.class)) {
      found.add(type.getAnnotatedType().getJavaClass());
    }
  }

  /** By name, so that of several faults every node tells the same one first. */
  List<Class<?>> found() {
    return found.stream().sorted(Comparator.comparing(Class::getName)).toList();
  }

  /**
   * The bean of a class; none for an alternative that is not selected.
   *
   * @throws IllegalStateException when the class is no bean for another reason
   */
  public static Optional<Bean<?>> bean(Class<?> declaring, BeanManager beans) {
    Optional<Bean<?>> bean =
        beans.getBeans(declaring, Any.Literal.INSTANCE).stream()
            .filter(b -> b.getBeanClass() == declaring)
            .findFirst();
    if (bean.isEmpty() && !declaring.isAnnotationPresent(Alternative.class)) {
      boolean inner = declaring.isMemberClass() && !Modifier.isStatic(declaring.getModifiers());
      throw HandlerMethod.fault(
          declaring.getName(),
          inner
              ? "is an inner class and so no CDI bean: make it static or a class of its own."
              : "is no CDI bean: it needs a constructor without parameters or one with @Inject,"
                  + " and nothing may veto or specialize it.");
    }
    return bean;
  }

  /**
   * Makes a class with {@link Handler} a {@link TaskHandler}, as the node does at its start.
   *
   * @param target what its method is called on
   * @throws IllegalStateException naming the class and what is wrong with its declaration
   */
  public static TaskHandler handler(Class<?> declaring, Object target, Payloads payloads) {
    return AnnotatedHandler.of(declaring, target, payloads);
  }
}
