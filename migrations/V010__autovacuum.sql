-- Autovacuum waits for a fifth of a table to be dead, which suits tables that grow and rest. Ours are
-- a long tail of history with a small live part that changes all the time, at its end: with ten
-- million tasks kept, two million dead rows would lie in the way of every claim.

-- A task's row has about four versions in its life. Every 20,000 dead ones, however long the history is;
-- and no pauses, since a vacuum that sleeps between pages falls behind the claims.
alter table longshore.task set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000,
    autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 200000,
    autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 20000, autovacuum_vacuum_cost_delay = 0);

-- Inserted once, updated once: as the tasks are, half as often.
alter table longshore.attempt set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 50000,
    autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 500000,
    autovacuum_analyze_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 1);

-- A queue table: never more than some thousand rows live, all of them short-lived. It has to stay a few
-- pages, since every claim counts them.
alter table longshore.claim set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
    autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000, autovacuum_vacuum_cost_delay = 0);

-- Updated at the end of a job, and a step's row at every checkpoint: most updates stay on their page
-- (fillfactor 80), the rest is history like the attempts.
alter table longshore.job_execution set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 50000,
    autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 500000,
    autovacuum_analyze_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 1);
alter table longshore.step_execution set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 50000,
    autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 500000,
    autovacuum_analyze_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 1);

-- A handful of rows, each written every few seconds.
alter table longshore.worker set (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200);
