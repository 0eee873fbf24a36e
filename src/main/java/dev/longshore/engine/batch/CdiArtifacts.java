package dev.longshore.engine.batch;

import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.context.spi.CreationalContext;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.inject.Inject;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jberet.creation.AbstractArtifactFactory;
import org.jberet.creation.ArtifactCreationContext;
import org.jberet.job.model.BatchArtifacts;
import org.jberet.runtime.context.JobContextImpl;
import org.jberet.runtime.context.StepContextImpl;

/**
 * Makes batch artifacts: a CDI bean of that name, else a bean of that class, else (by the
 * specification) a plain class, named in {@code META-INF/batch.xml} or directly.
 */
@ApplicationScoped
class CdiArtifacts extends AbstractArtifactFactory {

  @Inject BeanManager beans;

  private final Map<String, Optional<Bean<?>>> byRef = new ConcurrentHashMap<>();

  /** How to end the artifacts that live, by identity. */
  private final Map<Object, Runnable> ends = Collections.synchronizedMap(new IdentityHashMap<>());

  @Override
  public Object create(String ref, Class<?> type, ClassLoader loader) throws Exception {
    ArtifactCreationContext context = ArtifactCreationContext.getCurrentArtifactCreationContext();
    StepContextImpl step = (StepContextImpl) context.getStepContext();
    Bean<?> bean = bean(ref, loader);
    if (bean == null) {
      Object plain = plain(plainClass(ref, loader), context, loader);
      return guarded(plain, step, () -> super.destroy(plain));
    }
    CreationalContext<?> creation = beans.createCreationalContext(bean);
    Object artifact = beans.getReference(bean, bean.getBeanClass(), creation);
    // A bean of a wider scope outlives the step.
    return guarded(
        artifact, step, bean.getScope() == Dependent.class ? creation::release : () -> {});
  }

  @Override
  public Class<?> getArtifactClass(String ref, ClassLoader loader) {
    Bean<?> bean = bean(ref, loader);
    return bean != null ? bean.getBeanClass() : plainClass(ref, loader);
  }

  @Override
  public void destroy(Object artifact) {
    Runnable end = artifact == null ? null : ends.remove(artifact);
    if (end != null) {
      end.run();
    }
  }

  private Object guarded(Object artifact, StepContextImpl step, Runnable end) {
    Object guarded = Guard.around(artifact, step == null ? null : step.getStepExecution());
    ends.put(guarded, end);
    return guarded;
  }

  private Bean<?> bean(String ref, ClassLoader loader) {
    return byRef.computeIfAbsent(ref, r -> Optional.ofNullable(findBean(r, loader))).orElse(null);
  }

  private Bean<?> findBean(String ref, ClassLoader loader) {
    Set<Bean<?>> named = beans.getBeans(ref);
    if (!named.isEmpty()) {
      return beans.resolve(named);
    }
    try {
      Class<?> type = loader.loadClass(classNameOf(ref));
      return beans.resolve(
          beans.getBeans(type).stream()
              .filter(b -> b.getBeanClass() == type)
              .collect(Collectors.toSet()));
    } catch (ClassNotFoundException e) {
      return null;
    }
  }

  private Object plain(Class<?> type, ArtifactCreationContext context, ClassLoader loader)
      throws Exception {
    Object artifact = type.getDeclaredConstructor().newInstance();
    doInjection(
        artifact,
        type,
        loader,
        (JobContextImpl) context.getJobContext(),
        (StepContextImpl) context.getStepContext(),
        context.getProperties());
    invokeAnnotatedLifecycleMethod(artifact, type, PostConstruct.class);
    return artifact;
  }

  private static Class<?> plainClass(String ref, ClassLoader loader) {
    String name = classNameOf(ref);
    try {
      return loader.loadClass(name);
    } catch (ClassNotFoundException e) {
      throw new IllegalArgumentException(
          "There is no batch artifact '"
              + ref
              + "': no bean is @Named so, and no class has that name",
          e);
    }
  }

  /** The class that batch.xml gives to the reference, or else the reference itself. */
  private static String classNameOf(String ref) {
    JobContextImpl job =
        (JobContextImpl)
            ArtifactCreationContext.getCurrentArtifactCreationContext().getJobContext();
    BatchArtifacts archive = job == null ? null : job.getBatchArtifacts();
    String name = archive == null ? null : archive.getClassNameForRef(ref);
    return name == null ? ref : name;
  }
}
