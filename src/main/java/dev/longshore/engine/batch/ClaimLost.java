package dev.longshore.engine.batch;

/**
 * The execution is no longer this node's to write: it was taken over, or ended by somebody else. An
 * {@code Error}, so that no skip or retry rule of a job swallows it; it rolls the chunk back.
 */
public class ClaimLost extends Error {

  private static final long serialVersionUID = 1L;

  /** A statement that was fenced by the claim changed nothing. */
  public ClaimLost(long claim) {
    super("Claim " + claim + " is not this node's any more: what was not committed is rolled back");
  }

  ClaimLost(long execution, String status) {
    super(
        "Job execution "
            + execution
            + " is "
            + (status == null ? "gone" : status)
            + " and not this node's any more: what was not committed is rolled back");
  }
}
