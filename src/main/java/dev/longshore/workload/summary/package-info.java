/**
 * Posts and their summaries, an event worker as it is met in practice: {@code POST /api/posts}
 * appends {@code post/create}, {@link dev.longshore.workload.summary.SummaryWorker} has an
 * OpenAI-compatible chat API write the summary, and {@code GET /api/posts} shows it. Called by REST
 * and by the platform of event workers.
 */
package dev.longshore.workload.summary;
