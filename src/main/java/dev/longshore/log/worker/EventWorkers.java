package dev.longshore.log.worker;

import dev.longshore.log.worker.EventWorkerSource.Declared;
import dev.longshore.task.HandlerClasses;
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
import java.util.SortedMap;
import java.util.TreeMap;
import org.eclipse.microprofile.config.Config;

/** The event workers of this build: every class with {@link EventWorker} that is a bean. */
@ApplicationScoped
class EventWorkers {

  @Inject private WorkerClasses classes;
  @Inject private BeanManager beans;
  @Inject private Config config;
  @Inject @Any private Instance<EventWorkerSource> sources;

  /** Of the instances; they live as long as this bean. */
  private CreationalContext<Object> made;

  private final SortedMap<String, Declared> byName = new TreeMap<>();

  @PostConstruct
  void collect() {
    made = beans.createCreationalContext(null);
    for (Class<?> declaring : classes.found()) {
      // Looked at before the bean is made: of a class that is wrong, its declaration is the fault.
      WorkerDeclaration declaration = WorkerDeclaration.of(declaring, config);
      HandlerClasses.bean(declaring, beans)
          .map(bean -> beans.getReference(bean, declaring, made))
          .ifPresent(target -> add(new Declared(declaration, target)));
    }
    for (EventWorkerSource source : sources) {
      source.workers().forEach(this::add);
    }
    WorkerSettings.refuseUnknown(
        byName.values().stream().map(Declared::declaration).toList(), config);
  }

  private void add(Declared worker) {
    WorkerDeclaration declaration = worker.declaration();
    Declared other = byName.putIfAbsent(declaration.name(), worker);
    if (other != null) {
      throw WorkerDeclaration.fault(
          other.declaration().source(),
          "and "
              + declaration.source()
              + " both declare the event worker '"
              + declaration.name()
              + "': one of them may.");
    }
  }

  @PreDestroy
  void release() {
    made.release();
  }

  /** By name. */
  Collection<Declared> all() {
    return Collections.unmodifiableCollection(byName.values());
  }
}
