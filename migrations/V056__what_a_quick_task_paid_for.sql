-- Of what a quick task costs PostgreSQL, entries in indexes are the most (docs/performance.md).

-- One entry for lists of what has ended instead of three: a list goes through the groups of a state, a type and a
-- queue, and reads those with the newest tasks (task/EndedTasks).
drop index longshore.task_ended_by_state;
drop index longshore.task_ended_by_type;
drop index longshore.task_ended_by_queue;
create index task_ended on longshore.task (state, type, queue, id)
    where state in ('succeeded', 'failed', 'cancelled');

-- For counts of these, and for retries of all that match, newest first. Successes have no entry here.
drop index longshore.task_unsuccessful;
create index task_unsuccessful on longshore.task (state, id) include (queue) where state in ('failed', 'cancelled');

-- The trail is asked for by task, and deleted task by task, the oldest first.
alter table longshore.audit drop constraint audit_pkey, add primary key (task_id, id);
drop index longshore.audit_task;

-- A trigger that runs before an update has each row locked before it is written, whether it has something to do or
-- not. These two seldom have, and can as well write what they have to say behind it.
drop trigger unhold on longshore.task;
drop trigger retried_after on longshore.task;

create or replace function longshore.unhold() returns trigger
    language plpgsql
as
$$
begin
    update longshore.task set held = null where id = new.id;
    return null;
end
$$;

create or replace function longshore.retried_after() returns trigger
    language plpgsql
as
$$
begin
    perform from longshore.prerequisite p where p.task_id = new.id for update;
    delete from longshore.prerequisite p
    where p.task_id = new.id
      and not exists (select from longshore.task t
                      where t.id = p.after_id and t.state in ('pending', 'queued', 'ongoing'));
    if exists (select from longshore.prerequisite p where p.task_id = new.id) then
        update longshore.task set held = 'task' where id = new.id;
    end if;
    return null;
end
$$;

create trigger unhold after update of state on longshore.task
    for each row when (new.held is not null and new.state <> 'pending')
    execute function longshore.unhold();

create trigger retried_after after update of state on longshore.task
    for each row when (new.after_failure is not null and new.state = 'pending' and old.state in ('failed', 'cancelled'))
    execute function longshore.retried_after();

-- What goes with a task has one trigger: V055 put a second one beside count_removed, which takes attempts along already.
drop trigger remove_jobs on longshore.task;
drop function longshore.remove_jobs();

create or replace function longshore.count_removed() returns trigger
    -- The plans are kept: one that is made while there are few jobs reads all of them.
    language plpgsql security definer set search_path = longshore, pg_temp set enable_seqscan = off
as
$$
begin
    insert into longshore.task_count_change select queue, -count(*) from removed group by queue;
    delete from longshore.attempt a using removed r where a.task_id = r.id;
    delete from longshore.job_execution where task_id = any (array(select id from removed));
    return null;
end
$$;
