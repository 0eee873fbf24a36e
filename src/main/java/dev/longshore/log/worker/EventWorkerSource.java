package dev.longshore.log.worker;

import java.util.Collection;

/**
 * A CDI bean that brings event workers whose presence or number depends on settings. Their classes
 * have {@link EventWorker} and {@code jakarta.enterprise.inject.Vetoed}.
 */
public interface EventWorkerSource {

  /** Asked once, at start-up. */
  Collection<Declared> workers();

  /** A worker, and the instance that its methods are called on. */
  record Declared(WorkerDeclaration declaration, Object target) {}
}
