-- How many tasks of a queue stand in a state, without counting the history, and at no cost to claims
-- and settlements. Of each queue only the number of all its tasks is kept; what is pending, under a
-- claim, failed or cancelled is counted by an index that holds nothing else, and the rest succeeded.
-- Read in one snapshot that is exact, always.
--
-- (Tried and dropped: triggers on every change of state, 10 to 20 % of a settlement's statements.)

-- The number of all: each statement that adds or deletes tasks notes by how many, and a timer folds the
-- notes into one row per queue (engine/prune). Nobody updates a row that others update too, so no two
-- commits wait for each other.
create table longshore.task_count (
    queue text   primary key,
    count bigint not null
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200);

-- Written all the time and short: without these settings a count would read what is long gone.
create table longshore.task_count_change (
    queue text   not null,
    count bigint not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
    autovacuum_vacuum_insert_threshold = -1, autovacuum_analyze_threshold = 100000, autovacuum_vacuum_cost_delay = 0);

create function longshore.count_added() returns trigger
    language plpgsql
as
$$
begin
    insert into longshore.task_count_change select queue, count(*) from added group by queue;
    return null;
end
$$;

create function longshore.count_removed() returns trigger
    language plpgsql
as
$$
begin
    insert into longshore.task_count_change select queue, -count(*) from removed group by queue;
    return null;
end
$$;

create function longshore.count_regrouped() returns trigger
    language plpgsql
as
$$
begin
    insert into longshore.task_count_change values (old.queue, -1), (new.queue, 1);
    return null;
end
$$;

create function longshore.count_none() returns trigger
    language plpgsql
as
$$
begin
    delete from longshore.task_count;
    delete from longshore.task_count_change;
    return null;
end
$$;

create trigger count_added after insert on longshore.task
    referencing new table as added for each statement execute function longshore.count_added();
create trigger count_removed after delete on longshore.task
    referencing old table as removed for each statement execute function longshore.count_removed();
create trigger count_regrouped after update of queue on longshore.task
    for each row when (old.queue <> new.queue) execute function longshore.count_regrouped();
create trigger count_none after truncate on longshore.task
    for each statement execute function longshore.count_none();

-- The triggers' lock keeps writers out until this commits: nothing is missed.
insert into longshore.task_count select queue, count(*) from longshore.task group by queue;

-- The claim's way in tells the queue too, so that counting what is pending need not look at the rows.
drop index longshore.task_due;
create index task_due on longshore.task (priority desc, run_at, id) include (queue) where state = 'pending';
create index task_unsuccessful on longshore.task (queue, state) where state in ('failed', 'cancelled');

-- Counts by queue and state, without those of which there is none.
create view longshore.task_counts as
with live as (
    select queue, 'pending'::longshore.task_state as state, count(*) as count
    from longshore.task where state = 'pending' group by queue
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

-- Folds the changes; answers how many there were. One session at a time does, another one answers 0.
create function longshore.fold_counts() returns bigint
    language plpgsql
as
$$
declare
    folded bigint;
begin
    if not pg_try_advisory_xact_lock(hashtext('longshore.fold')) then
        return 0;
    end if;
    with gone as (
        delete from longshore.task_count_change returning queue, count),
    kept as (
        insert into longshore.task_count as k (queue, count)
        select queue, sum(count) from gone group by queue having sum(count) <> 0
        on conflict (queue) do update set count = k.count + excluded.count)
    select count(*) into folded from gone;
    return folded;
end
$$;
