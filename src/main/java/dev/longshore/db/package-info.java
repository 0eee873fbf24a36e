/**
 * The way to PostgreSQL: {@link dev.longshore.db.Migrate} brings the schema up to date before
 * anything else starts, {@link dev.longshore.db.Sql} runs statements in the caller's transaction,
 * {@link dev.longshore.db.Listener} looks for news on a session of its own. Called by every package
 * that reads or writes; knows nothing of tasks.
 */
package dev.longshore.db;
