/**
 * The Jakarta Batch runtime: JBeret's job engine on Liberty's beans, threads and transactions, with
 * a job repository of our own in PostgreSQL. {@code engine.run} hands it a task's job by {@link
 * dev.longshore.engine.batch.TaskJobs} and gets the job's end back; applications reach the same
 * runtime by {@code BatchRuntime.getJobOperator()}.
 */
package dev.longshore.engine.batch;
