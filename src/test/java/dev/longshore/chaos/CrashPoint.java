package dev.longshore.chaos;

/**
 * A line at which a node is killed: class, method, where in it, and when. At the exit of a
 * transactional method all its statements have run and nothing of them has committed.
 */
enum CrashPoint {
  BEFORE_A_SUBMISSION_COMMITS(
      "task.Submit", "submit(dev.longshore.task.NewTask)", "EXIT", "incrementCounter(\"n\") == 3"),
  AFTER_A_SUBMISSION("edge.rest.TasksResource", "submit", "EXIT", "incrementCounter(\"n\") == 3"),
  BEFORE_A_BULK_SUBMISSION_COMMITS(
      "task.Submit", "submit(java.util.Iterator)", "EXIT", "incrementCounter(\"n\") == 3"),
  BEFORE_A_GROUP_COMMITS(
      "task.Submit", "submit(java.util.List,dev.longshore.task.NewTask)", "EXIT", "TRUE"),
  /** Where something has a limit: else a claim and its commit are one, and no node dies between. */
  BEFORE_THE_CLAIM_COMMITS(
      Work.LIMITED,
      "engine.claim.ClaimWithLimits",
      "claim(dev.longshore.task.Lane,java.util.function.ToIntFunction,Object[])",
      "EXIT",
      "NOT $!.tasks().isEmpty()"),
  AFTER_THE_CLAIM_BEFORE_THE_SEND("engine.claim.Claimer", "send", "ENTRY", "NOT $1.isEmpty()"),
  BEFORE_A_LONE_SEND("engine.dispatch.Dispatch", "sendAlone", "ENTRY", "TRUE"),
  AFTER_A_LONE_SEND("engine.dispatch.Dispatch", "sendAlone", "EXIT", "TRUE"),
  /** What a node had claimed that died before its sending: the other victim, beside this one. */
  BEFORE_A_WITHDRAWAL_COMMITS("engine.dispatch.Withdraw", "withdrawOfLostNodes", "EXIT", "$! > 0"),
  AFTER_A_WITHDRAWAL(
      BEFORE_A_WITHDRAWAL_COMMITS, "engine.recover.RecoverTimer", "withdraw", "ENTRY"),
  /** What a node ran that died: the other victim, beside this one. */
  BEFORE_A_RECOVERY_COMMITS("engine.recover.LostAttempts", "recover", "EXIT", "$! > 0"),
  AFTER_A_RECOVERY(BEFORE_A_RECOVERY_COMMITS, "engine.recover.RecoverTimer", "withdraw", "ENTRY"),
  BEFORE_A_DEPENDENT_IS_LET_GO("engine.after.Follow", "follow", "EXIT", "$!"),
  AFTER_A_DEPENDENT_IS_LET_GO(BEFORE_A_DEPENDENT_IS_LET_GO, "engine.claim.Claim", "follow", "EXIT"),
  BEFORE_THE_SEND_COMMITS("engine.dispatch.Dispatch", "send", "EXIT", "TRUE"),
  AFTER_THE_SEND("engine.claim.Claimer", "send", "EXIT", "NOT $1.isEmpty()"),
  AFTER_A_GROUP_OF_TAKES("engine.run.Take", "take", "EXIT", "NOT $!.isEmpty()"),
  AFTER_THE_TAKE_OF_A_QUICK_CLAIM("engine.run.RunQuick", "run", "ENTRY", "TRUE"),
  AFTER_THE_TAKE_OF_A_LONG_TASK("engine.run.RunTask", "run", "ENTRY", "TRUE"),
  AMID_A_QUICK_CHUNK("workload.diagnostic.Effect", "run", "EXIT", "incrementCounter(\"n\") == 5"),
  BEFORE_A_QUICK_CHUNK_COMMITS("engine.run.QuickChunk$Writer", "writeItems", "EXIT", "TRUE"),
  AFTER_A_QUICK_CHUNK("engine.run.QuickChunk$Checkpoint", "endCheckpoint", "ENTRY", "TRUE"),
  BEFORE_A_QUICK_CLAIM_IS_ACKNOWLEDGED("engine.run.QuickLane", "onMessage", "EXIT", "TRUE"),
  BEFORE_A_PIPELINES_CHUNK_COMMITS(
      "workload.diagnostic.StepsChunk$Writer",
      "writeItems",
      "EXIT",
      "incrementCounter(\"n\") == 2"),
  AFTER_A_PIPELINES_CHUNK(
      "workload.diagnostic.StepsChunk$Reader",
      "readItem",
      "ENTRY",
      "incrementCounter(\"n\") == 21"),
  BEFORE_A_LONG_SETTLEMENT_COMMITS("engine.run.FinishOnce", "finish", "EXIT", "TRUE"),
  BEFORE_A_LONG_TASK_IS_ACKNOWLEDGED("engine.run.LongLane", "onMessage", "EXIT", "TRUE"),
  AFTER_THE_ACKNOWLEDGEMENT(
      "org.apache.activemq.artemis.ra.inflow.ActiveMQMessageHandler", "onMessage", "EXIT", "TRUE"),
  /** Out of its claim, and not cancelled yet: in the middle of the transaction. */
  AMID_THE_CANCEL_OF_A_QUEUED_TASK(Work.CANCELS, "engine.control.Cancel", "fire", "EXIT", "$4 > 0"),
  BEFORE_A_CANCEL_COMMITS(
      Work.CANCELS, "engine.control.Cancel", "cancel", "EXIT", "$!.label().equals(\"cancelled\")"),
  AFTER_A_CANCEL(BEFORE_A_CANCEL_COMMITS, "edge.rest.TasksResource", "cancel", "EXIT"),
  BEFORE_AN_ONGOING_TASK_IS_ASKED_TO_STOP(
      Work.CANCELS, "engine.control.Cancel", "cancel", "EXIT", "$!.label().equals(\"ongoing\")"),
  AFTER_AN_ONGOING_TASK_IS_ASKED_TO_STOP(
      BEFORE_AN_ONGOING_TASK_IS_ASKED_TO_STOP, "edge.rest.TasksResource", "cancel", "EXIT"),
  BEFORE_A_RETRY_COMMITS(Work.RETRIES, "engine.control.Retry", "retry", "EXIT", "TRUE"),
  AFTER_A_RETRY(Work.RETRIES, "edge.rest.TasksResource", "retry", "EXIT", "TRUE"),
  BEFORE_AN_ABANDONMENT_COMMITS(Work.DEAF, "engine.run.Stop", "abandon", "EXIT", "TRUE"),
  AFTER_AN_ABANDONMENT(BEFORE_AN_ABANDONMENT_COMMITS, "engine.run.Watch", "watch", "EXIT");

  /** What its node is given to do, beside what all of them are. */
  enum Work {
    NONE,
    /** As ever, with a limit on a queue that none of it is in. */
    LIMITED,
    /** Tasks that an operator cancels, pending, queued and ongoing ones. */
    CANCELS,
    /** Tasks that fail, and that an operator has tried again. */
    RETRIES,
    /** Tasks that are cancelled and do not listen to it. */
    DEAF
  }

  private final CrashPoint before;
  private final Work work;
  private final String type;
  private final String method;
  private final String where;
  private final String condition;

  CrashPoint(String type, String method, String where, String condition) {
    this(Work.NONE, type, method, where, condition);
  }

  CrashPoint(Work work, String type, String method, String where, String condition) {
    this(null, work, type, method, where, condition);
  }

  /** The first time that it is there after the other point was passed. */
  CrashPoint(CrashPoint before, String type, String method, String where) {
    this(before, before.work, type, method, where, "flagged(\"passed\")");
  }

  CrashPoint(
      CrashPoint before, Work work, String type, String method, String where, String condition) {
    this.before = before;
    this.work = work;
    this.type = type.startsWith("org.") ? type : "dev.longshore." + type;
    this.method = method;
    this.where = where;
    this.condition = condition;
  }

  Work work() {
    return work;
  }

  /** In Byteman's language. */
  String rules() {
    return (before == null ? "" : before.rule("flag(\"passed\")")) + rule("killJVM()");
  }

  private String rule(String action) {
    return """
        RULE %s
        CLASS %s
        METHOD %s
        AT %s
        IF %s
        DO %s
        ENDRULE
        """
        .formatted(name(), type, method, where, condition, action);
  }
}
