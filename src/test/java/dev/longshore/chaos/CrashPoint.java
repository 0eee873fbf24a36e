package dev.longshore.chaos;

/** A line of the engine at which a node is killed: class, method, where in it, and when. */
enum CrashPoint {
  BEFORE_THE_CLAIM_COMMITS(
      "engine.claim.ClaimOnce",
      "claim(dev.longshore.task.Lane,java.util.function.ToIntFunction,Object[])",
      "EXIT",
      "NOT $!.tasks().isEmpty()"),
  AFTER_THE_CLAIM_BEFORE_THE_SEND("engine.claim.Claimer", "send", "ENTRY", "NOT $1.isEmpty()"),
  BEFORE_A_LONE_SEND("engine.dispatch.Dispatch", "sendAlone", "ENTRY", "TRUE"),
  AFTER_A_LONE_SEND("engine.dispatch.Dispatch", "sendAlone", "EXIT", "TRUE"),
  /** What a node had claimed that died before its sending: the other victim, beside this one. */
  BEFORE_A_WITHDRAWAL_COMMITS("engine.dispatch.Withdraw", "withdrawOfLostNodes", "EXIT", "$! > 0"),
  /** What a node ran that died: the other victim, beside this one. */
  BEFORE_A_RECOVERY_COMMITS("engine.recover.LostAttempts", "recover", "EXIT", "$! > 0"),
  BEFORE_A_DEPENDENT_IS_LET_GO("engine.after.Follow", "follow", "EXIT", "$!"),
  BEFORE_THE_SEND_COMMITS("engine.dispatch.Dispatch", "send", "EXIT", "TRUE"),
  AFTER_THE_SEND("engine.claim.Claimer", "send", "EXIT", "NOT $1.isEmpty()"),
  BEFORE_THE_TAKE_COMMITS("engine.run.Take", "take", "EXIT", "NOT $!.isEmpty()"),
  BEFORE_A_QUICK_TAKE_COMMITS("engine.run.Take", "takeQuick", "EXIT", "NOT $!.isEmpty()"),
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
      "org.apache.activemq.artemis.ra.inflow.ActiveMQMessageHandler", "onMessage", "EXIT", "TRUE");

  private final String type;
  private final String method;
  private final String where;
  private final String condition;

  CrashPoint(String type, String method, String where, String condition) {
    this.type = type.startsWith("org.") ? type : "dev.longshore." + type;
    this.method = method;
    this.where = where;
    this.condition = condition;
  }

  /** In Byteman's language. */
  String rule() {
    return """
        RULE %s
        CLASS %s
        METHOD %s
        AT %s
        IF %s
        DO killJVM()
        ENDRULE
        """
        .formatted(name(), type, method, where, condition);
  }
}
