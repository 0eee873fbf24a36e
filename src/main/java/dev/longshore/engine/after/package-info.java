/**
 * Tasks that come after others: lets them go when those have succeeded, or ends them when one of
 * those did not. {@code claim} calls it before it looks for what is due, when there is news.
 */
package dev.longshore.engine.after;
