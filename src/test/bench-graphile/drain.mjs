// node drain.mjs URL TASKS: drains the tasks six times and prints {"perSecond": n}, from the worker's
// start to the end of the last task: the median of the last three.
// The worker is set as its documentation sets it for its own figures: local queue, batched completion.
import { Logger, run, runMigrations } from "graphile-worker";
import pg from "pg";

const [url, tasks] = [process.argv[2], Number(process.argv[3])];
const preset = {
  worker: {
    connectionString: url,
    concurrentJobs: 24,
    maxPoolSize: 25,
    localQueue: { size: 500 },
    completeJobBatchDelay: 0,
    failJobBatchDelay: 0,
  },
};
// The output is one line; what goes wrong is said on the other stream.
const logger = new Logger(() => (level, message) => {
  if (level === "error" || level === "warning") console.error(message);
});

const session = new pg.Client({ connectionString: url });
await session.connect();
await runMigrations({ preset, logger });

async function drain(count) {
  await session.query(
    `select count(*) from graphile_worker.add_jobs(array(
       select row('noop', '{}'::json, null, null, null, null, null, null)::graphile_worker.job_spec
       from generate_series(1, $1)))`,
    [count],
  );
  await session.query("vacuum analyze");
  await session.query("checkpoint");
  const start = process.hrtime.bigint();
  const runner = await run({ preset, logger, taskList: { noop: async () => {} } });
  while ((await session.query("select exists (select from graphile_worker._private_jobs) as any")).rows[0].any) {
    await new Promise((done) => setTimeout(done, 10));
  }
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  await runner.stop();
  return seconds;
}

const seconds = [];
for (let i = 0; i < 6; i++) seconds.push(await drain(tasks));
const median = seconds.slice(3).sort((a, b) => a - b)[1];
console.log(JSON.stringify({ perSecond: tasks / median }));
await session.end();
