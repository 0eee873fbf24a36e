-- Limits: how much of a queue, of a type, and of a key in either, may be under way; how much of it may
-- start in an interval; and whether it may start at all. They are decided while claiming, by counting
-- rows under one advisory lock (engine/limit). There are no counters that could drift.

-- A queue needs no row: those that have one have a policy. Set over REST.
create table longshore.queue (
    name             text primary key,
    paused           boolean not null default false,
    task_limit       int check (task_limit >= 1),
    key_limit        int check (key_limit >= 1),
    rate_count       int check (rate_count >= 1),
    rate_seconds     float8 check (rate_seconds > 0),
    key_rate_count   int check (key_rate_count >= 1),
    key_rate_seconds float8 check (key_rate_seconds > 0),
    changed_at       timestamptz not null default now(),
    -- The queue as a whole may be closed to claims: they ask before they look for its tasks.
    whole            boolean generated always as (paused or task_limit is not null or rate_count is not null) stored,
    check ((rate_count is null) = (rate_seconds is null)),
    check ((key_rate_count is null) = (key_rate_seconds is null))
);

-- The same for types: nodes declare their limits, operators pause them.
alter table longshore.task_type
    add column paused           boolean not null default false,
    add column task_limit       int check (task_limit >= 1),
    add column key_limit        int check (key_limit >= 1),
    add column rate_count       int check (rate_count >= 1),
    add column rate_seconds     float8 check (rate_seconds > 0),
    add column key_rate_count   int check (key_rate_count >= 1),
    add column key_rate_seconds float8 check (key_rate_seconds > 0),
    add column whole            boolean
        generated always as (paused or task_limit is not null or rate_count is not null) stored,
    add check ((rate_count is null) = (rate_seconds is null)),
    add check ((key_rate_count is null) = (key_rate_seconds is null));

-- Nodes keep what the two tables say in memory, under this version. Every claim holds the advisory
-- lock longshore.policy, shared, and checks the version in its statement; whoever changes a limit
-- holds it alone. So a limit holds for every claim from its commit on, and counts all that went before.
create table longshore.policy (
    version bigint not null
) with (fillfactor = 10);
insert into longshore.policy values (1);

create function longshore.policy_changes() returns trigger
    language plpgsql
as
$$
begin
    perform pg_advisory_xact_lock(hashtext('longshore.policy'));
    update longshore.policy set version = version + 1;
    return null;
end
$$;

create trigger policy_changes before insert or update or delete on longshore.queue
    for each statement execute function longshore.policy_changes();

-- Nodes declare their types again at every start, mostly as they are.
create function longshore.type_policy_changes() returns trigger
    language plpgsql
as
$$
begin
    perform pg_advisory_xact_lock(hashtext('longshore.policy'));
    update longshore.policy set version = version + 1;
    return new;
end
$$;

create trigger policy_changes before update on longshore.task_type
    for each row when ((old.paused, old.task_limit, old.key_limit, old.rate_count, old.rate_seconds,
                        old.key_rate_count, old.key_rate_seconds) is distinct from
                       (new.paused, new.task_limit, new.key_limit, new.rate_count, new.rate_seconds,
                        new.key_rate_count, new.key_rate_seconds))
    execute function longshore.type_policy_changes();
create trigger policy_added before insert on longshore.task_type
    for each row when (new.paused or new.task_limit is not null or new.key_limit is not null
                       or new.rate_count is not null or new.key_rate_count is not null)
    execute function longshore.type_policy_changes();

-- Tasks that wait for others of their key. A claim that meets one marks it, once, and no claim meets it
-- again until a task of the key has ended: then the key is written down here, and the next claim
-- looks for the first ones that wait for it. `at`: not before, for the rate of a key.
create table longshore.key_free (
    id    bigint generated always as identity primary key,
    queue text        not null,
    type  text        not null,
    key   text        not null,
    at    timestamptz not null default clock_timestamp()
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_insert_threshold = -1, autovacuum_vacuum_cost_delay = 0);
create index key_free_at on longshore.key_free (at);

-- What waits for a key, first one first, and what has it: is under way, or has begun and waits for its
-- retry. Tasks without a key are in none of these.
create index task_key_waiting on longshore.task (queue, key, priority desc, run_at, id)
    where state = 'pending' and key is not null;
create index task_type_key_waiting on longshore.task (type, key, priority desc, run_at, id)
    where state = 'pending' and key is not null;
create index task_key_in_use on longshore.task (key, queue, type)
    where key is not null and (claim_id is not null or state = 'pending' and runs > 0);

-- A task that has its key leaves: is anybody waiting?
create function longshore.key_left() returns trigger
    language plpgsql
as
$$
begin
    if exists (select from longshore.task t
               where t.state = 'pending' and t.held = 'key' and t.queue = new.queue and t.key = new.key)
        or exists (select from longshore.task t
                   where t.state = 'pending' and t.held = 'key' and t.type = new.type and t.key = new.key)
    then
        insert into longshore.key_free (queue, type, key) values (new.queue, new.type, new.key);
    end if;
    return null;
end
$$;

create trigger key_left after update of state on longshore.task
    for each row when (new.key is not null and old.state <> new.state
                       and old.state in ('pending', 'queued', 'ongoing')
                       and new.state in ('pending', 'succeeded', 'failed', 'cancelled'))
    execute function longshore.key_left();

-- The mark is a pending task's.
create function longshore.unhold() returns trigger
    language plpgsql
as
$$
begin
    new.held := null;
    return new;
end
$$;

create trigger unhold before update of state on longshore.task
    for each row when (new.held is not null and new.state <> 'pending')
    execute function longshore.unhold();

-- Limits that are eased, or gone: those who wait are looked at again. And everybody is woken.
create function longshore.policy_changed() returns trigger
    language plpgsql
as
$$
begin
    if tg_table_name = 'queue' then
        insert into longshore.key_free (queue, type, key)
        select distinct t.queue, t.type, t.key from longshore.task t
        where t.state = 'pending' and t.held = 'key' and t.queue = coalesce(new.name, old.name);
    else
        insert into longshore.key_free (queue, type, key)
        select distinct t.queue, t.type, t.key from longshore.task t
        where t.state = 'pending' and t.held = 'key' and t.type = new.name;
    end if;
    perform pg_notify('longshore_work', '');
    return null;
end
$$;

create trigger policy_changed after insert or update or delete on longshore.queue
    for each row execute function longshore.policy_changed();
create trigger policy_changed after update on longshore.task_type
    for each row when ((old.paused, old.task_limit, old.key_limit, old.rate_count, old.rate_seconds,
                        old.key_rate_count, old.key_rate_seconds) is distinct from
                       (new.paused, new.task_limit, new.key_limit, new.rate_count, new.rate_seconds,
                        new.key_rate_count, new.key_rate_seconds))
    execute function longshore.policy_changed();

-- The starts that a rate counts: written by the claim, forgotten when their interval is over.
-- When a start was, the attempt says.
create table longshore.rate_start (
    task_id  bigint not null,
    claim_id bigint not null,
    queue    text   not null,
    type     text   not null,
    key      text,
    quick    boolean not null,
    seconds  float8 not null -- the longest interval that counts it
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_insert_threshold = -1, autovacuum_vacuum_cost_delay = 0);
create index rate_start_queue on longshore.rate_start (queue, key);
create index rate_start_type on longshore.rate_start (type, key);

-- Until when each start counts against an interval of so many seconds: from its claim on, until the
-- interval is over since its start. Tasks of a quick claim start one after the other, and none later
-- than it ended: that is what counts there. Those whose claim was withdrawn never started.
create function longshore.rate_starts(of_queue text, of_type text, of_key text, seconds float8)
    returns table (counts_until timestamptz)
    language sql stable
as
$$
select coalesce(case when s.quick then a.ended_at else a.started_at end
                + rate_starts.seconds * interval '1 second', 'infinity')
from longshore.rate_start s
left join longshore.attempt a on a.task_id = s.task_id and a.claim_id = s.claim_id
where (of_queue is null or s.queue = of_queue) and (of_type is null or s.type = of_type)
  and (of_key is null or s.key = of_key)
  and (a.task_id is not null or exists (select from longshore.task t
                                        where t.id = s.task_id and t.claim_id = s.claim_id))
$$;

-- Foreign workers of issues take no task that waits for others, and none while issues are paused.
do
$$
declare
    was text := pg_get_functiondef('public.get_and_lock_next_issue(text, interval)'::regprocedure);
    now text := replace(was, 't.type = ''issue'' and t.run_at <= now()',
        't.type = ''issue'' and t.run_at <= now() and t.held is null' || chr(10) ||
        '      and not exists (select from longshore.task_type p where p.name = ''issue'' and p.paused)' || chr(10) ||
        '      and not exists (select from longshore.queue p where p.name = t.queue and p.paused)');
begin
    if now = was then
        raise exception 'public.get_and_lock_next_issue is not what V005 made it';
    end if;
    execute now;
end
$$;
