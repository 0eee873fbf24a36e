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
  static final String NEW_GROUP = "NewGroup";
  static final String GROUP = "Group";
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

  static final String NEW_MESSAGE = "NewMessage";
  static final String NEW_MESSAGES = "NewMessages";
  static final String MESSAGE = "Message";
  static final String MESSAGE_PAGE = "MessagePage";
  static final String APPENDED = "Appended";
  static final String EVENT_WORKER = "EventWorker";
  static final String EVENT_WORKER_PAGE = "EventWorkerPage";
  static final String NEW_POSITION = "NewPosition";
  static final String DEAD_LETTER = "DeadLetter";
  static final String DEAD_LETTER_PAGE = "DeadLetterPage";
  static final String REPLAYING = "Replaying";

  /** The response that every failure has. */
  static final String BAD = "Problem";

  private Schemas() {}
}
