-- Tasks that come after others: held until those have succeeded, or ended (engine/after).
--
-- Whoever submits such a task locks nothing of the tasks that it comes after: their settlements
-- would wait for the submitter's transaction. What is new is written down in prerequisite_news, and
-- so is the end of a task that others come after; the next claim works through it.

create table longshore.prerequisite (
    task_id  bigint not null references longshore.task (id) on delete cascade,
    after_id bigint not null, -- no foreign key: it may be pruned first
    primary key (task_id, after_id)
);
create index prerequisite_after on longshore.prerequisite (after_id);

create table longshore.prerequisite_news (
    id      bigint generated always as identity primary key,
    task_id bigint not null,
    state   longshore.task_state -- in which it ended; null: it has become a prerequisite
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_insert_threshold = -1, autovacuum_vacuum_cost_delay = 0);

alter table longshore.task
    -- What becomes of it when one that it comes after does not succeed: it is cancelled, it fails, or it
    -- runs all the same, once all have ended. Null: it comes after none.
    add column after_failure  text check (after_failure in ('cancel', 'fail', 'run')),
    add column has_dependents boolean not null default false;

create function longshore.prerequisite_ended() returns trigger
    language plpgsql
as
$$
begin
    insert into longshore.prerequisite_news (task_id, state) values (new.id, new.state);
    -- As wake() does (V007): only where somebody sleeps.
    if (case when pg_try_advisory_lock_shared(hashtext('longshore.wake'))
             then not pg_advisory_unlock_shared(hashtext('longshore.wake'))
             else true end)
    then
        perform pg_notify('longshore_work', '');
    end if;
    return null;
end
$$;

create trigger prerequisite_ended after update of state on longshore.task
    for each row when (new.has_dependents and old.state in ('pending', 'queued', 'ongoing')
                       and new.state in ('succeeded', 'failed', 'cancelled'))
    execute function longshore.prerequisite_ended();

-- Tried again by an operator it waits again for those that have not ended; what failed before does not
-- count any more.
create function longshore.retried_after() returns trigger
    language plpgsql
as
$$
begin
    if exists (select from longshore.prerequisite p join longshore.task t on t.id = p.after_id
               where p.task_id = new.id and t.state in ('pending', 'queued', 'ongoing')) then
        new.held := 'task';
    end if;
    return new;
end
$$;

create trigger retried_after before update of state on longshore.task
    for each row when (new.after_failure is not null and new.state = 'pending'
                       and old.state in ('failed', 'cancelled'))
    execute function longshore.retried_after();

-- Makes a pending task, inserted in this transaction, come after others.
create function longshore.come_after(dependent bigint, after bigint[], on_failure text) returns void
    language plpgsql
as
$$
declare
    missing bigint;
begin
    if coalesce(on_failure, 'cancel') not in ('cancel', 'fail', 'run') then
        raise exception 'on_dependency_failure must be cancel, fail or run, not "%": nothing was submitted.', on_failure
            using errcode = 'invalid_parameter_value';
    end if;
    select a.id into missing from unnest(after) a (id)
    where not exists (select from longshore.task t where t.id = a.id and t.id <> dependent) limit 1;
    if found then
        raise exception 'There is no task % to come after: nothing was submitted.', coalesce(missing::text, 'null')
            using errcode = 'invalid_parameter_value';
    end if;
    insert into longshore.prerequisite (task_id, after_id) select distinct dependent, a.id from unnest(after) a (id);
    insert into longshore.prerequisite_news (task_id) select distinct a.id from unnest(after) a (id) order by 1;
    update longshore.task set held = 'task', after_failure = coalesce(on_failure, 'cancel') where id = dependent;
end
$$;

drop function longshore.enqueue(text, jsonb, text, int, timestamptz, text, text, int);
drop function longshore.submit(text, jsonb, text, int, timestamptz, text, text, int);

-- As in V002, and after the given tasks.
create function longshore.submit(
    type         text,
    payload      jsonb       default '{}',
    queue        text        default null,
    priority     int         default null,
    run_at       timestamptz default null,
    key          text        default null,
    unique_key   text        default null,
    max_attempts int         default null,
    after        bigint[]    default null,
    on_dependency_failure text default null
) returns table (id bigint, created boolean)
    language plpgsql
as
$$
#variable_conflict use_column
declare
    t longshore.task_type;
begin
    select * into t from longshore.task_type d where d.name = submit.type;
    if not found then
        raise exception 'Unknown task type "%": nothing was submitted.', coalesce(submit.type, '(null)')
            using errcode = 'invalid_parameter_value',
                hint = 'The types that a running node has declared are in longshore.task_type.';
    end if;
    if submit.payload is null or jsonb_typeof(submit.payload) <> 'object' then
        raise exception 'The payload of a "%" task must be a JSON object, not %: nothing was submitted.',
            t.name, coalesce(jsonb_typeof(submit.payload), 'null')
            using errcode = 'invalid_parameter_value';
    end if;
    if submit.priority not between 0 and 9 then
        raise exception 'Priority % is outside 0 to 9 (9 runs first): nothing was submitted.', submit.priority
            using errcode = 'invalid_parameter_value';
    end if;
    if submit.max_attempts < 1 then
        raise exception 'max_attempts % is below 1: nothing was submitted.', submit.max_attempts
            using errcode = 'invalid_parameter_value';
    end if;
    if submit.on_dependency_failure is not null and coalesce(cardinality(submit.after), 0) = 0 then
        raise exception 'on_dependency_failure is given without tasks to come after: nothing was submitted.'
            using errcode = 'invalid_parameter_value';
    end if;
    loop
        insert into longshore.task (type, queue, priority, payload, key, unique_key, max_attempts, run_at)
        values (t.name, coalesce(submit.queue, t.queue), coalesce(submit.priority, t.priority), submit.payload,
                submit.key, submit.unique_key, coalesce(submit.max_attempts, t.max_attempts),
                coalesce(submit.run_at, now()))
        on conflict (type, unique_key) where unique_key is not null and state in ('pending', 'queued', 'ongoing')
            do nothing
        returning task.id, true into submit.id, submit.created;
        exit when submit.id is not null;
        -- The first one answers for the second, unless it ended between the two statements.
        select o.id, false into submit.id, submit.created from longshore.task o
        where o.type = t.name and o.unique_key = submit.unique_key and o.state in ('pending', 'queued', 'ongoing');
        exit when submit.id is not null;
    end loop;
    if submit.created and cardinality(submit.after) > 0 then
        perform longshore.come_after(submit.id, submit.after, submit.on_dependency_failure);
    end if;
    return next;
end
$$;

create function longshore.enqueue(
    type         text,
    payload      jsonb       default '{}',
    queue        text        default null,
    priority     int         default null,
    run_at       timestamptz default null,
    key          text        default null,
    unique_key   text        default null,
    max_attempts int         default null,
    after        bigint[]    default null,
    on_dependency_failure text default null
) returns bigint
    language sql
as
$$
select id from longshore.submit(type, payload, queue, priority, run_at, key, unique_key, max_attempts, after,
                                on_dependency_failure)
$$;

-- One task of the form that REST and enqueue_many take.
create function longshore.submit_object(element jsonb, after bigint[] default null, on_failure text default null)
    returns table (id bigint, created boolean)
    language sql
as
$$
select s.id, s.created
from longshore.submit(
    element ->> 'type', coalesce(nullif(element -> 'payload', 'null'), '{}'), element ->> 'queue',
    (element ->> 'priority')::numeric::int, (element ->> 'runAt')::timestamptz, element ->> 'key',
    element ->> 'uniqueKey', (element ->> 'maxAttempts')::numeric::int,
    coalesce(after, (select array_agg(a::bigint)
                     from jsonb_array_elements_text(nullif(element -> 'after', 'null')) a)),
    coalesce(on_failure, element ->> 'onDependencyFailure')) s
$$;

-- Fan-out, fan-in: the tasks, and one that runs when all of them have ended, however they did.
--   select longshore.enqueue_group('[{"type": "noop"}, {"type": "noop"}]', '{"type": "mail"}')
-- Answers the completion's id.
create function longshore.enqueue_group(tasks jsonb, completion jsonb) returns bigint
    language plpgsql
as
$$
declare
    wrong record;
    ids   bigint[];
begin
    if tasks is null or jsonb_typeof(tasks) <> 'array' or jsonb_array_length(tasks) = 0 then
        raise exception 'The tasks of a group must be a JSON array with at least one: nothing was submitted.'
            using errcode = 'invalid_parameter_value';
    end if;
    select n, r.refusal into wrong
    from (select 'task at index ' || g.n - 1 as n, g.element, g.n as position
          from jsonb_array_elements(tasks) with ordinality g (element, n)
          union all select 'completion', coalesce(completion, 'null'), 0) g,
         lateral longshore.task_object_refusal(g.element) r (refusal)
    where r.refusal is not null
    order by g.position limit 1;
    if found then
        raise exception 'The % %: nothing was submitted.', wrong.n, wrong.refusal
            using errcode = 'invalid_parameter_value';
    end if;
    if completion ->> 'after' is not null or completion ->> 'onDependencyFailure' is not null then
        raise exception 'The completion comes after the tasks of its group, and after no others: nothing was submitted.'
            using errcode = 'invalid_parameter_value';
    end if;
    select array_agg(s.id order by g.n) into ids
    from jsonb_array_elements(tasks) with ordinality g (element, n), lateral longshore.submit_object(g.element) s;
    return (select id from longshore.submit_object(completion, ids, 'run'));
end
$$;

-- As in V008, with the members that say what a task comes after.
create or replace function longshore.task_object_refusal(element jsonb) returns text
    language sql stable
as
$$
select case
    when jsonb_typeof(element) <> 'object' then 'must be a JSON object, not ' || jsonb_typeof(element)
    else coalesce(
        (select format('has a member "%s" that is not known; known are type, payload, queue, priority, runAt, key, '
                       'uniqueKey, maxAttempts, after, onDependencyFailure', left(k, 100))
         from jsonb_object_keys(element) k
         where k not in ('type', 'payload', 'queue', 'priority', 'runAt', 'key', 'uniqueKey', 'maxAttempts',
                         'after', 'onDependencyFailure')
         order by k limit 1),
        (select format('has a "%s" that must be of type %s, not %s', m.key, w.kind, jsonb_typeof(m.value))
         from jsonb_each(element) m
         join (values ('type', 'string'), ('payload', 'object'), ('queue', 'string'), ('priority', 'number'),
                      ('runAt', 'string'), ('key', 'string'), ('uniqueKey', 'string'), ('maxAttempts', 'number'),
                      ('after', 'array'), ('onDependencyFailure', 'string'))
             w (key, kind) on w.key = m.key
         where jsonb_typeof(m.value) not in (w.kind, 'null')
         order by m.key limit 1),
        case
            when element ->> 'type' is null then 'has no "type"'
            when not exists (select from longshore.task_type d where d.name = element ->> 'type')
                then format('has the unknown task type "%s"', left(element ->> 'type', 100))
            when (element ->> 'priority')::numeric not between 0 and 9
                 or (element ->> 'priority')::numeric % 1 <> 0
                then format('has the priority %s, which is not a whole number from 0 to 9 (9 runs first)',
                            element ->> 'priority')
            when (element ->> 'maxAttempts')::numeric not between 1 and 2147483647
                 or (element ->> 'maxAttempts')::numeric % 1 <> 0
                then format('has the maxAttempts %s, which is not a whole number from 1', element ->> 'maxAttempts')
            when not pg_input_is_valid(element ->> 'runAt', 'timestamptz')
                then format('has a "runAt" that is no time: "%s"', left(element ->> 'runAt', 100))
            when exists (
                    select from jsonb_array_elements(nullif(element -> 'after', 'null')) a
                    where case when jsonb_typeof(a) = 'number' and pg_input_is_valid(a::text, 'bigint')
                               then not exists (select from longshore.task t where t.id = a::bigint)
                               else true end)
                then 'has an "after" with something that is no task''s id'
            when element ->> 'onDependencyFailure' not in ('cancel', 'fail', 'run')
                then format('has the onDependencyFailure "%s", which is none of cancel, fail and run',
                            left(element ->> 'onDependencyFailure', 100))
            when element ->> 'onDependencyFailure' is not null
                 and coalesce(jsonb_array_length(nullif(element -> 'after', 'null')), 0) = 0
                then 'has an "onDependencyFailure" without tasks to come "after"'
        end)
    end
$$;

-- The same.
create or replace function longshore.enqueue_many(tasks jsonb) returns bigint
    language plpgsql
as
$$
declare
    wrong record;
    count bigint;
begin
    if tasks is null or jsonb_typeof(tasks) <> 'array' then
        raise exception 'The tasks must be a JSON array, not %: nothing was submitted.',
            coalesce(jsonb_typeof(tasks), 'null')
            using errcode = 'invalid_parameter_value';
    end if;
    select g.n - 1 as index, r.refusal into wrong
    from jsonb_array_elements(tasks) with ordinality g (element, n),
         lateral longshore.task_object_refusal(g.element) r (refusal)
    where r.refusal is not null
    order by g.n limit 1;
    if found then
        raise exception 'The task at index % %: nothing was submitted.', wrong.index, wrong.refusal
            using errcode = 'invalid_parameter_value',
                hint = 'The types that a running node has declared are in longshore.task_type.';
    end if;
    insert into longshore.task (type, queue, priority, payload, key, unique_key, max_attempts, run_at)
    select t.name, coalesce(g.element ->> 'queue', t.queue), coalesce((g.element ->> 'priority')::numeric, t.priority),
           coalesce(nullif(g.element -> 'payload', 'null'), '{}'), g.element ->> 'key', g.element ->> 'uniqueKey',
           coalesce((g.element ->> 'maxAttempts')::numeric, t.max_attempts),
           coalesce((g.element ->> 'runAt')::timestamptz, now())
    from jsonb_array_elements(tasks) with ordinality g (element, n)
    join longshore.task_type t on t.name = g.element ->> 'type'
    where coalesce(jsonb_array_length(nullif(g.element -> 'after', 'null')), 0) = 0
    order by g.n
    on conflict (type, unique_key) where unique_key is not null and state in ('pending', 'queued', 'ongoing')
        do nothing;
    get diagnostics count = row_count;
    -- Those that come after others are few, and go one by one.
    count := count + (
        select count(*) filter (where s.created)
        from jsonb_array_elements(tasks) with ordinality g (element, n),
             lateral longshore.submit_object(g.element) s
        where jsonb_array_length(nullif(g.element -> 'after', 'null')) > 0);
    return count;
end
$$;

-- In full what V014 made of V005's by replacing a line: foreign workers take no issue that waits for
-- others, and none while issues are paused; other limits do not bind them.
create or replace function public.get_and_lock_next_issue(worker text, lease interval)
    returns table (id integer, description text)
    language plpgsql security definer set search_path = longshore, pg_temp
as
$$
#variable_conflict use_column
declare
    issue public.cape_issues;
begin
    if coalesce(get_and_lock_next_issue.worker, '') !~ '\S' then
        raise exception 'A worker needs a name: no issue was locked.' using errcode = 'invalid_parameter_value';
    end if;
    if lease is null or lease <= interval '0' then
        raise exception 'A lease of % is over before it begins: no issue was locked.', coalesce(lease::text, 'null')
            using errcode = 'invalid_parameter_value';
    end if;
    -- SKIP LOCKED on the task: claiming locks the same rows.
    select i.* into issue
    from public.cape_issues i join longshore.task t on t.id = i.task_id
    where i.status = 'pending' and t.state = 'pending' and t.type = 'issue' and t.run_at <= now() and t.held is null
      and not exists (select from longshore.task_type p where p.name = 'issue' and p.paused)
      and not exists (select from longshore.queue p where p.name = t.queue and p.paused)
    order by i.created_at, i.id
    limit 1 for update of t skip locked;
    if found then
        perform longshore.issue_lease(issue.task_id, get_and_lock_next_issue.worker, lease);
        return query select issue.id, issue.description;
    end if;
end
$$;
