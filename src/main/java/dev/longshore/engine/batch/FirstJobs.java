package dev.longshore.engine.batch;

import dev.longshore.task.TaskType;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jberet.job.model.Job;

/**
 * Puts the jobs of first attempts, and of claims of many tasks, on record as started, by the
 * statement that takes them: {@link TaskJobs#run} then has nothing to write before the job begins.
 */
@ApplicationScoped
public class FirstJobs {

  private static final Logger LOG = Logger.getLogger(FirstJobs.class.getName());

  /**
   * A part of that statement's {@code with}, behind {@code taken} (id, claim_id, type, runs,
   * worker): answers {@code begun} (task_id, id), an execution for each task that has not run
   * before and whose type is among the {@link #ofTasks parameters}.
   */
  public static final String BEGUN =
      """
      begun as (
          insert into longshore.job_execution
              (instance_id, task_id, claim_id, worker, job_name, job_xml, parameters, status)
          select t.id, t.id, t.claim_id, t.worker, j.name, j.xml,
              jsonb_build_object('task', t.id::text, 'claim', t.claim_id::text), 'STARTED'
          from taken t
          join unnest(?::text[], ?::text[], ?::text[]) as j (type, name, xml) using (type)
          where t.runs = 1
          returning task_id, id)
      """;

  /**
   * The end of a statement behind {@code taken} (id, worker), the claim that it has taken: answers
   * the execution and its instance, if the claim has tasks. Its parameters are {@link #ofClaim}.
   */
  public static final String BEGIN_OF_CLAIM =
      """
      insert into longshore.job_execution
          (instance_id, claim_id, worker, job_name, job_xml, parameters, status)
      select nextval('longshore.job_instance_id'), id, worker, ?, ?,
          jsonb_build_object('claim', id::text), 'STARTED'
      from taken
      where exists (select 1 from longshore.task where claim_id = taken.id offset 0) -- no join
      returning id, instance_id
      """;

  @Inject LibertyEnvironment environment;
  @Inject JobXml jobXml;

  /**
   * The parameters of {@link #BEGUN}, in order.
   *
   * @param types those whose tasks have a job each
   * @param jobXmlName of a type; one that there is not is left out, which is for {@link
   *     TaskJobs#run} to say
   */
  public List<Object> ofTasks(Collection<TaskType> types, Function<TaskType, String> jobXmlName) {
    List<String> names = new ArrayList<>();
    List<String> jobs = new ArrayList<>();
    List<String> files = new ArrayList<>();
    for (TaskType type : types) {
      try {
        Job job = load(jobXmlName.apply(type));
        names.add(type.name());
        jobs.add(job.getId());
        files.add(Repository.fileOf(job));
      } catch (RuntimeException e) { // of its own tasks' jobs alone
        LOG.log(Level.FINE, e, () -> "Jobs of type " + type.name() + " cannot be begun");
      }
    }
    return List.of(
        names.toArray(String[]::new), jobs.toArray(String[]::new), files.toArray(String[]::new));
  }

  /** The parameters of {@link #BEGIN_OF_CLAIM}, in order. */
  public List<Object> ofClaim(String jobXmlName) {
    Job job = load(jobXmlName);
    return List.of(job.getId(), Repository.fileOf(job));
  }

  private Job load(String jobXmlName) {
    return jobXml.load(jobXmlName, environment.getClassLoader());
  }
}
