package dev.longshore.engine.batch;

import dev.longshore.db.Sql;
import jakarta.batch.runtime.BatchStatus;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import org.jberet.runtime.PartitionExecutionImpl;

/** The table of partitions, each with the checkpoint of its own chunks. */
@ApplicationScoped
class Partitions {

  @Inject Sql sql;

  /**
   * Writes the partition in the caller's transaction if the fence lets it. Its checkpoint comes
   * only with a chunk: what an ended one has in memory may have been rolled back.
   *
   * @return whether it did
   */
  boolean write(LiveJob job, PartitionExecutionImpl partition, Fence fence) {
    return sql.update(
            "with j as ("
                + fence.sql
                + """
                )
                insert into longshore.partition_execution (step_execution_id, partition, status,
                    exit_status, user_data, reader_checkpoint, writer_checkpoint)
                select ?::bigint, ?::int, ?, ?, ?::bytea, ?::bytea, ?::bytea from j
                on conflict (step_execution_id, partition) do update set status = excluded.status,
                    exit_status = excluded.exit_status, user_data = excluded.user_data,
                    reader_checkpoint = case when excluded.status in %1$s
                        then excluded.reader_checkpoint
                        else partition_execution.reader_checkpoint end,
                    writer_checkpoint = case when excluded.status in %1$s
                        then excluded.writer_checkpoint
                        else partition_execution.writer_checkpoint end"""
                    .formatted(Executions.LIVE),
            job.id(),
            job.claim,
            partition.getStepExecutionId(),
            partition.getPartitionId(),
            partition.getBatchStatus().name(),
            partition.getExitStatus(),
            partition.getPersistentUserDataSerialized(),
            partition.getReaderCheckpointInfoSerialized(),
            partition.getWriterCheckpointInfoSerialized())
        == 1;
  }

  /**
   * How far each partition of a step got, over all runs of it in the job instance since it last
   * completed: a restart runs only some of them, and the next one must not forget the others.
   *
   * @param step the id of the last run
   */
  List<PartitionExecutionImpl> latest(long step, String stepName, boolean notCompletedOnly) {
    return sql.list(
        """
        with last as (
          select e.task_id, e.instance_id, s.step_name
          from longshore.step_execution s
          join longshore.job_execution e on e.id = s.job_execution_id
          where s.id = ?),
        run as (
          select e.id as execution, s.id, s.status
          from longshore.job_execution e
          join longshore.step_execution s on s.job_execution_id = e.id
          where (e.task_id = (select task_id from last)
              or e.task_id is null and e.instance_id = (select instance_id from last))
            and s.step_name = (select step_name from last))
        select * from (
          select distinct on (p.partition) p.partition, p.status, p.exit_status, p.user_data,
              p.reader_checkpoint, p.writer_checkpoint
          from run r
          join longshore.partition_execution p on p.step_execution_id = r.id
          where r.id = ? or not exists (
              select 1 from run c where c.status = 'COMPLETED' and c.execution >= r.execution)
          order by p.partition, r.execution desc, r.id desc) latest
        where not ? or status <> 'COMPLETED'
        order by partition""",
        r ->
            new PartitionExecutionImpl(
                r.getInt(1),
                step,
                stepName,
                BatchStatus.valueOf(r.getString(2)),
                r.getString(3),
                r.getBytes(4),
                r.getBytes(5),
                r.getBytes(6)),
        step,
        step,
        notCompletedOnly);
  }
}
