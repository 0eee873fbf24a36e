package dev.longshore.engine.batch;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.spi.JsonProvider;
import java.io.StringReader;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Properties;
import org.jberet.creation.ArtifactCreationContext;
import org.jberet.runtime.JobExecutionImpl;
import org.jberet.runtime.JobInstanceImpl;
import org.jberet.runtime.context.JobContextImpl;
import org.jberet.runtime.context.StepContextImpl;

/** Makes JBeret's executions and instances of what is on record, and the other way round. */
final class RecordedExecution {

  static final String COLUMNS =
      "id, instance_id, job_name, parameters::text, status, exit_status, restart_position,"
          + " created_at, started_at, ended_at, updated_at";

  private static final JsonProvider JSON = JsonProvider.provider();

  private RecordedExecution() {}

  static JobInstanceImpl instance(long id, String job) {
    JobInstanceImpl instance = new JobInstanceImpl(null, LibertyEnvironment.APPLICATION, job);
    instance.setId(id);
    return instance;
  }

  static JobExecutionImpl execution(ResultSet r) throws SQLException {
    JobExecutionImpl execution =
        new JobExecutionImpl(
            instance(r.getLong(2), r.getString(3)),
            r.getLong(1),
            properties(r.getString(4)),
            r.getTimestamp(8),
            r.getTimestamp(9),
            r.getTimestamp(10),
            r.getTimestamp(11),
            r.getString(5),
            r.getString(6),
            r.getString(7));
    if (Executions.isEnded(execution.getBatchStatus())) {
      openLatch(execution);
    }
    return execution;
  }

  /** Without this, JBeret's awaitTermination waits for ever on an execution that has ended. */
  private static void openLatch(JobExecutionImpl execution) {
    ArtifactCreationContext callers = ArtifactCreationContext.getCurrentArtifactCreationContext();
    execution.cleanUp(); // forgets the caller's artifact context as well
    if (callers.getJobContext() != null) {
      ArtifactCreationContext.resetArtifactCreationContext(
          (JobContextImpl) callers.getJobContext(),
          (StepContextImpl) callers.getStepContext(),
          callers.getProperties());
    }
  }

  static String json(Properties properties) {
    if (properties == null) {
      return null;
    }
    JsonObjectBuilder json = JSON.createObjectBuilder();
    properties.stringPropertyNames().forEach(n -> json.add(n, properties.getProperty(n)));
    return json.build().toString();
  }

  private static Properties properties(String json) {
    if (json == null) {
      return null;
    }
    Properties properties = new Properties();
    try (JsonReader reader = JSON.createReader(new StringReader(json))) {
      JsonObject object = reader.readObject();
      object.keySet().forEach(n -> properties.setProperty(n, object.getString(n)));
    }
    return properties;
  }
}
