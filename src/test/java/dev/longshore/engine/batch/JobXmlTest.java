package dev.longshore.engine.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.batch.operations.JobStartException;
import java.util.Properties;
import org.jberet.job.model.Chunk;
import org.jberet.job.model.Job;
import org.jberet.job.model.JobBuilder;
import org.jberet.job.model.StepBuilder;
import org.junit.jupiter.api.Test;

class JobXmlTest {

  private final JobXml jobXml = new JobXml();

  @Test
  void a_time_limit_becomes_our_checkpoint_algorithm() {
    Job job = job("30");

    jobXml.remember(job);

    Chunk chunk = StepModel.steps(job).get(0).getChunk();
    assertThat(chunk.getCheckpointPolicy()).isEqualTo("custom");
    assertThat(chunk.getCheckpointAlgorithm().getRef()).isEqualTo(CountAndTimeCheckpoint.NAME);
    assertThat(chunk.getCheckpointAlgorithm().getProperties().getNameValues())
        .containsEntry("itemCount", "7")
        .containsEntry("timeLimit", "30");
  }

  @Test
  void without_a_time_limit_a_chunk_stays_as_it_is() {
    Job job = job(null);

    jobXml.remember(job);

    assertThat(StepModel.steps(job).get(0).getChunk().getCheckpointAlgorithm()).isNull();
  }

  @Test
  void a_job_is_known_by_its_id_until_it_is_removed() {
    jobXml.remember(job(null));
    assertThat(jobXml.names()).containsExactly("job");

    jobXml.forget("job");

    assertThat(jobXml.remembered("job")).isNull();
  }

  @Test
  void a_file_that_is_not_there_is_named() {
    assertThatThrownBy(() -> jobXml.load("nowhere", getClass().getClassLoader()))
        .isInstanceOf(JobStartException.class)
        .hasMessageContaining("nowhere");
  }

  @Test
  void local_transactions_are_refused() {
    Properties properties = new Properties();
    properties.setProperty("jberet.local-tx", "true");

    assertThatThrownBy(() -> JobXml.refuseLocalTransactions("job", properties))
        .isInstanceOf(JobStartException.class)
        .hasMessageContaining("job asks for jberet.local-tx");
  }

  private static Job job(String timeLimit) {
    StepBuilder step = new StepBuilder("chunk").reader("r").writer("w").itemCount(7);
    if (timeLimit != null) {
      step.timeLimit(Integer.parseInt(timeLimit));
    }
    return new JobBuilder("job").step(step.build()).build();
  }
}
