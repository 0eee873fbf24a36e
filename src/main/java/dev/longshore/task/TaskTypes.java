package dev.longshore.task;

import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The task types of this node: every enabled {@link TaskHandler} and {@link Pipeline} there is. */
@ApplicationScoped
public class TaskTypes {

  @Inject @Any private Instance<TaskHandler> handlers;
  @Inject @Any private Instance<Pipeline> pipelines;

  /** A type and the bean that declared it; the handler is {@code null} for a pipeline. */
  private record Declared(TaskType type, TaskHandler handler, String source) {}

  private final Map<String, Declared> types = new TreeMap<>();

  @PostConstruct
  void collect() {
    for (Instance.Handle<TaskHandler> h : handlers.handles()) {
      if (h.get().enabled()) {
        add(new Declared(h.get().type(), h.get(), h.getBean().getBeanClass().getName()));
      }
    }
    for (Instance.Handle<Pipeline> p : pipelines.handles()) {
      if (p.get().enabled()) {
        add(new Declared(p.get().type(), null, p.getBean().getBeanClass().getName()));
      }
    }
  }

  private void add(Declared declared) {
    TaskType type = declared.type();
    if (type.pipeline() != (declared.handler() == null)) {
      throw new IllegalStateException(
          declared.source()
              + " declares '"
              + type.name()
              + "' as the other kind: a TaskHandler's type comes from TaskType.handler, a"
              + " Pipeline's from TaskType.pipeline");
    }
    Declared other = types.putIfAbsent(type.name(), declared);
    if (other != null) {
      throw new IllegalStateException(
          "Two classes declare the task type '"
              + type.name()
              + "': "
              + other.source()
              + " and "
              + declared.source()
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
