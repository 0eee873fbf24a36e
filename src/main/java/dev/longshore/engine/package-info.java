/**
 * The verbs, in the order a task meets them: schedule, claim, dispatch, run, settle, recover. Each
 * is a package; {@code worker} says who this node is and {@code batch} is the Jakarta Batch runtime
 * that runs lend their work to.
 */
package dev.longshore.engine;
