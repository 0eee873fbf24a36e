package dev.longshore.task;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.spi.CreationalContext;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The task types of this node: every class with {@link Handler}, and every enabled {@link
 * TaskHandler} and {@link Pipeline}, that there is.
 */
@ApplicationScoped
public class TaskTypes {

  @Inject @Any private Instance<TaskHandler> handlers;
  @Inject @Any private Instance<Pipeline> pipelines;
  @Inject private HandlerClasses annotated;
  @Inject private BeanManager beans;
  @Inject private Payloads payloads;

  /** A type and the bean that declared it; the handler is {@code null} for a pipeline. */
  private record Declared(TaskType type, TaskHandler handler, String source) {}

  /** Of the instances that it made of annotated classes; they live as long as this bean. */
  private CreationalContext<Object> made;

  private final Map<String, Declared> types = new TreeMap<>();

  @PostConstruct
  void collect() {
    made = beans.createCreationalContext(null);
    for (Class<?> declaring : annotated.found()) {
      // Looked at before the bean is made: of a class that is wrong, its declaration is the fault.
      HandlerMethod.of(declaring);
      HandlerClasses.bean(declaring, beans)
          .map(bean -> beans.getReference(bean, declaring, made))
          .map(target -> AnnotatedHandler.of(declaring, target, payloads))
          .ifPresent(handler -> add(handler.type(), handler, declaring.getName()));
    }
    for (Instance.Handle<TaskHandler> h : handlers.handles()) {
      if (h.get().enabled()) {
        add(h.get().type(), h.get(), h.getBean().getBeanClass().getName());
      }
    }
    for (Instance.Handle<Pipeline> p : pipelines.handles()) {
      if (p.get().enabled()) {
        add(p.get().type(), null, p.getBean().getBeanClass().getName());
      }
    }
  }

  @PreDestroy
  void release() {
    made.release();
  }

  void add(TaskType type, TaskHandler handler, String source) {
    if (type.pipeline() != (handler == null)) {
      throw new IllegalStateException(
          source
              + " declares '"
              + type.name()
              + "' as the other kind: a TaskHandler's type comes from TaskType.handler, a"
              + " Pipeline's from TaskType.pipeline");
    }
    Declared other = types.putIfAbsent(type.name(), new Declared(type, handler, source));
    if (other != null) {
      throw new IllegalStateException(
          "Two classes declare the task type '"
              + type.name()
              + "': "
              + other.source()
              + " and "
              + source
              + ". Nothing can run until one of them gives way.");
    }
  }

  /** All of them, by name. */
  public Collection<TaskType> all() {
    return types.values().stream().map(Declared::type).toList();
  }

  /** The names of those that run in a lane. */
  public String[] namesIn(Lane lane) {
    return all().stream().filter(t -> t.lane() == lane).map(TaskType::name).toArray(String[]::new);
  }

  public Optional<TaskType> find(String name) {
    return Optional.ofNullable(types.get(name)).map(Declared::type);
  }

  /** The handler of a type; empty for a pipeline. */
  public Optional<TaskHandler> handler(TaskType type) {
    return Optional.ofNullable(types.get(type.name())).map(Declared::handler);
  }

  /** The class that declared each type, for the start-up log. */
  Map<String, String> sources() {
    Map<String, String> sources = new TreeMap<>();
    types.forEach((name, declared) -> sources.put(name, declared.source()));
    return Collections.unmodifiableMap(sources);
  }
}
