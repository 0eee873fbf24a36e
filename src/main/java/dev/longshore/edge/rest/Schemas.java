package dev.longshore.edge.rest;

/** Names of what META-INF/openapi.yaml describes once for all operations. */
final class Schemas {

  static final String ID = "Id";
  static final String STATE = "State";
  static final String NEW_TASK = "NewTask";
  static final String NEW_TASKS = "NewTasks";
  static final String TASK = "Task";
  static final String TASK_PAGE = "TaskPage";
  static final String ATTEMPT_PAGE = "AttemptPage";
  static final String SUBMITTED = "Submitted";
  static final String FILTER = "Filter";
  static final String CANCELLED = "Cancelled";
  static final String RETRIED = "Retried";
  static final String STATS = "Stats";
  static final String WORKER = "Worker";
  static final String WORKER_PAGE = "WorkerPage";
  static final String TYPE = "Type";
  static final String TYPE_PAGE = "TypePage";
  static final String QUEUE = "Queue";
  static final String QUEUE_PAGE = "QueuePage";
  static final String QUEUE_LIMITS = "QueueLimits";

  /** The response that every failure has. */
  static final String BAD = "Problem";

  private Schemas() {}
}
