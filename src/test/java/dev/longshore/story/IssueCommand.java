package dev.longshore.story;

/** The command that the shared node runs for issues: a description is what the shell is to do. */
public final class IssueCommand {

  /** The description arrives as one argument; here, and only here, a shell is asked to read it. */
  public static final String TEMPLATE = "sh -c {description} issue-{id}";

  private IssueCommand() {}
}
