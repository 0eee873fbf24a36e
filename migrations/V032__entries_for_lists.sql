-- Every change of a task's state writes a new version of its row, and with it an entry in each index that
-- the version belongs to. Indexes for lists that held every task cost an entry per version; those here
-- hold a task while it is pending, or once it has ended, and nothing in between: half of a claim's and
-- a third of a settlement's work in PostgreSQL is gone with them (docs/performance.md).
drop index longshore.task_by_state;
drop index longshore.task_by_type;
drop index longshore.task_by_queue;
drop index longshore.task_by_key;

-- A list is put together from both halves, and from the few tasks under a claim (task_claim).
create index task_pending_by_id on longshore.task (id) where state = 'pending';
create index task_pending_by_type on longshore.task (type, id) where state = 'pending';
create index task_pending_by_queue on longshore.task (queue, id) where state = 'pending';
create index task_pending_by_key on longshore.task (key, id) where state = 'pending' and key is not null;

create index task_ended_by_state on longshore.task (state, id)
    where state in ('succeeded', 'failed', 'cancelled');
create index task_ended_by_type on longshore.task (type, id)
    where state in ('succeeded', 'failed', 'cancelled');
create index task_ended_by_queue on longshore.task (queue, id)
    where state in ('succeeded', 'failed', 'cancelled');
create index task_ended_by_key on longshore.task (key, id)
    where state in ('succeeded', 'failed', 'cancelled') and key is not null;

-- An attempt's task was looked up, and locked, for each attempt that was written: by those who had the
-- task's row in hand at that moment. Nobody else inserts attempts; they go with their tasks as before.
alter table longshore.attempt drop constraint attempt_task_id_fkey;

create or replace function longshore.count_removed() returns trigger
    language plpgsql
as
$$
begin
    insert into longshore.task_count_change select queue, -count(*) from removed group by queue;
    delete from longshore.attempt a using removed r where a.task_id = r.id;
    return null;
end
$$;

create or replace function longshore.count_none() returns trigger
    language plpgsql
as
$$
begin
    delete from longshore.task_count;
    delete from longshore.task_count_change;
    truncate longshore.attempt;
    return null;
end
$$;
