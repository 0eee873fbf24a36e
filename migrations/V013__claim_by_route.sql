-- Routes: which types were ever submitted to which queue with which priority. A claim asks for one
-- route after the other, each a short range of the index below, and so passes by a queue that is
-- paused or full without reading any of its tasks; and it looks nowhere else.
--
-- Not unique, on purpose: of two transactions that first use a route at once the second would have to
-- wait for the first one's commit. A row more does no harm.
create table longshore.route (
    type     text     not null,
    queue    text     not null,
    priority smallint not null
);
create index route_type on longshore.route (type, queue, priority);

-- Written with the tasks, so that whoever sees a task sees its route.
create or replace function longshore.count_added() returns trigger
    language plpgsql
as
$$
begin
    insert into longshore.task_count_change select queue, count(*) from added group by queue;
    insert into longshore.route
    select a.type, a.queue, a.priority
    from (select distinct type, queue, priority from added) a
    where not exists (select from longshore.route r
                      where r.type = a.type and r.queue = a.queue and r.priority = a.priority);
    return null;
end
$$;

create or replace function longshore.count_regrouped() returns trigger
    language plpgsql
as
$$
begin
    insert into longshore.task_count_change values (old.queue, -1), (new.queue, 1);
    insert into longshore.route values (new.type, new.queue, new.priority);
    return null;
end
$$;

-- Why a pending task is not offered to claims: 'key' waits for others of its key, 'task' for the tasks
-- that it comes after. Left as it is by tasks that are no longer pending.
alter table longshore.task add column held text check (held in ('key', 'task'));

drop index longshore.task_due;
create index task_due on longshore.task (type, queue, priority, run_at, id)
    where state = 'pending' and held is null;
create index task_held on longshore.task (queue, key, priority desc, run_at, id)
    where state = 'pending' and held is not null;

insert into longshore.route select distinct type, queue, priority from longshore.task;

-- What is pending is counted by both indexes, which hold nothing else.
create or replace view longshore.task_counts as
with live as (
    select queue, 'pending'::longshore.task_state as state, sum(count)::bigint as count
    from (select queue, count(*) as count from longshore.task
          where state = 'pending' and held is null group by queue
          union all
          select queue, count(*) from longshore.task
          where state = 'pending' and held is not null group by queue) p
    group by queue
    union all
    select queue, state, count(*) from longshore.task where claim_id is not null group by queue, state
    union all
    select queue, state, count(*) from longshore.task where state in ('failed', 'cancelled') group by queue, state),
known as (
    select queue, count from longshore.task_count
    union all
    select queue, count from longshore.task_count_change
    union all
    select queue, -count from live)
select queue, state, count from live
union all
select queue, 'succeeded', sum(count)::bigint from known group by queue having sum(count) <> 0;
