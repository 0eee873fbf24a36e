-- Of what a long task costs PostgreSQL, a good part kept things in order that are in order without it.

-- A job's row is made by a statement that holds its task's row, and a step's by one that holds its job's: keys that
-- look for these each time, and lock them once more, find nothing. What goes with a task goes with it as before.
alter table longshore.job_execution drop constraint job_execution_task_id_fkey;
alter table longshore.step_execution drop constraint step_execution_job_execution_id_fkey;

create function longshore.remove_jobs() returns trigger
    -- The plan is kept: one that is made while there are few jobs reads all of them.
    language plpgsql security definer set search_path = longshore, pg_temp set enable_seqscan = off
as
$$
begin
    delete from longshore.job_execution where task_id = any (array(select id from removed));
    return null;
end
$$;

create trigger remove_jobs after delete on longshore.task
    referencing old table as removed for each statement execute function longshore.remove_jobs();

create or replace function longshore.count_none() returns trigger
    language plpgsql security definer set search_path = longshore, pg_temp
as
$$
begin
    delete from longshore.task_count;
    delete from longshore.task_count_change;
    truncate longshore.attempt;
    delete from longshore.job_execution where task_id is not null;
    return null;
end
$$;

create function longshore.remove_steps() returns trigger
    language plpgsql security definer set search_path = longshore, pg_temp set enable_seqscan = off
as
$$
begin
    delete from longshore.step_execution where job_execution_id = any (array(select id from removed));
    return null;
end
$$;

create trigger remove_steps after delete on longshore.job_execution
    referencing old table as removed for each statement execute function longshore.remove_steps();

-- Some hundreds of claims are live. Those who look at all of them read the table as fast, and an index on what a take
-- changes costs each claim three entries, two of which are dead at once and lie in the way until the next vacuum.
-- Without them a take stays on its page.
drop index longshore.claim_untaken;
drop index longshore.claim_taken;
alter table longshore.claim set (fillfactor = 50);
