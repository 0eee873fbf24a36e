/**
 * Issues: a row of {@code cape_issues} is a task that runs a configured command. The engine calls
 * {@link dev.longshore.workload.issue.IssueHandler}, REST clients the resource; programs that know
 * only the table are served by the triggers and functions of {@code migrations/V005__issues.sql}.
 */
package dev.longshore.workload.issue;
