-- What is submitted and appended by SQL has the limits that it has by REST: until now a payload of any size went
-- through, which every node that reads it has to have room for, and a key of any length, until the index
-- refused it in words of its own.

-- What nodes are set to and statements have to know. Of nodes that differ, the last one started is believed.
create table longshore.setting (
    name  text   primary key,
    value bigint not null
);
insert into longshore.setting values ('payload.limit', 1048576);

-- For everybody: who may append needs no rights on settings.
create function longshore.payload_limit() returns bigint
    language sql stable security definer set search_path = longshore, pg_temp
as
$$
select value from setting where name = 'payload.limit'
$$;

-- What is too long in a JSON object, as the end of a sentence, or null. Counted are the bytes that PostgreSQL
-- writes, which has a blank after each colon and comma. Of a form that is put into the statements that call it: each
-- call would cost more than the insert of a row.
create function longshore.excess(what text, object jsonb, most bigint) returns text
    language sql stable
as
$$
select case when octet_length(object::text) > most
    then format('has a %s of %s bytes, and longshore.payload.limit allows %s', what, octet_length(object::text), most)
    end
$$;

create or replace function longshore.append(name text, payload jsonb default '{}', metadata jsonb default '{}')
    returns bigint
    language plpgsql
as
$$
declare
    refusal text   := longshore.message_refusal(append.name, append.payload, append.metadata);
    most    bigint := longshore.payload_limit();
    new_id  bigint;
begin
    if refusal is not null then
        raise exception 'The message %: nothing was appended.', refusal using errcode = 'invalid_parameter_value';
    end if;
    refusal := coalesce(longshore.excess('payload', append.payload, most),
                        longshore.excess('metadata', append.metadata, most));
    if refusal is not null then
        raise exception 'The message "%" %: nothing was appended.', append.name, refusal
            using errcode = 'program_limit_exceeded',
                hint = 'Keep what is large where its readers find it and append where that is, or start the nodes '
                       'with a greater LONGSHORE_PAYLOAD_LIMIT.';
    end if;
    insert into longshore.message (name, payload, metadata)
    values (append.name, coalesce(append.payload, '{}'), coalesce(append.metadata, '{}'))
    returning id into new_id;
    return new_id;
end
$$;

create or replace function longshore.append_many(messages jsonb) returns bigint
    language plpgsql
as
$$
declare
    most  bigint := longshore.payload_limit();
    wrong record;
    count bigint;
begin
    if messages is null or jsonb_typeof(messages) <> 'array' then
        raise exception 'The messages must be a JSON array, not %: nothing was appended.',
            coalesce(jsonb_typeof(messages), 'null')
            using errcode = 'invalid_parameter_value';
    end if;
    select g.n - 1 as index, r.refusal into wrong
    from jsonb_array_elements(messages) with ordinality g (element, n),
         lateral (select case
             when jsonb_typeof(g.element) <> 'object' then 'must be a JSON object, not ' || jsonb_typeof(g.element)
             when jsonb_typeof(g.element -> 'name') <> 'string' then 'has a name that is no string'
             else coalesce(
                 (select format('has a member "%s" that is not known; known are name, payload, metadata', left(k, 100))
                  from jsonb_object_keys(g.element) k where k not in ('name', 'payload', 'metadata') limit 1),
                 longshore.message_refusal(g.element ->> 'name', nullif(g.element -> 'payload', 'null'),
                                           nullif(g.element -> 'metadata', 'null')))
             end) r (refusal)
    where r.refusal is not null
    order by g.n limit 1;
    if found then
        raise exception 'The message at index % %: nothing was appended.', wrong.index, wrong.refusal
            using errcode = 'invalid_parameter_value';
    end if;
    select g.n - 1 as index, r.excess into wrong
    from jsonb_array_elements(messages) with ordinality g (element, n),
         lateral (select coalesce(longshore.excess('payload', g.element -> 'payload', most),
                                  longshore.excess('metadata', g.element -> 'metadata', most))) r (excess)
    where r.excess is not null
    order by g.n limit 1;
    if found then
        raise exception 'The message at index % %: nothing was appended.', wrong.index, wrong.excess
            using errcode = 'program_limit_exceeded',
                hint = 'Keep what is large where its readers find it and append where that is, or start the nodes '
                       'with a greater LONGSHORE_PAYLOAD_LIMIT.';
    end if;
    insert into longshore.message (name, payload, metadata)
    select g.element ->> 'name', coalesce(nullif(g.element -> 'payload', 'null'), '{}'),
           coalesce(nullif(g.element -> 'metadata', 'null'), '{}')
    from jsonb_array_elements(messages) with ordinality g (element, n)
    order by g.n;
    get diagnostics count = row_count;
    return count;
end
$$;

-- What is wrong with a task's names, time and number of prerequisites, as the end of a sentence, or null
-- (NewTaskRules in Java).
create function longshore.task_excess(queue text, run_at timestamptz, key text, unique_key text, after int)
    returns text
    language sql stable
as
$$
select case
    when queue !~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$'
        then format('has the queue "%s"; up to 100 letters, digits, dots, dashes and underscores are expected, a letter '
                    'or digit first', left(queue, 100))
    when length(key) not between 1 and 255
        then format('has a key of %s characters; 1 to 255 are allowed', length(key))
    when length(unique_key) not between 1 and 255
        then format('has a unique key of %s characters; 1 to 255 are allowed', length(unique_key))
    when run_at < '1970-01-01Z' or run_at >= '10000-01-01Z'
        then format('is to run at %s; a time in the years 1970 to 9999 is expected', run_at)
    when after > 10000 then format('comes after %s tasks; 10000 are allowed', after)
    end
$$;

-- As in V015. The node's own way in, too, which has looked at the payload's size already, by its own setting.
create or replace function longshore.submit(
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
    t       longshore.task_type;
    refusal text := longshore.task_excess(submit.queue, submit.run_at, submit.key, submit.unique_key,
                                          cardinality(submit.after));
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
    if refusal is not null then
        raise exception 'The task %: nothing was submitted.', refusal using errcode = 'invalid_parameter_value';
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

create or replace function longshore.enqueue(
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
    language plpgsql
as
$$
#variable_conflict use_variable
declare
    refusal text := longshore.excess('payload', payload, longshore.payload_limit());
begin
    if refusal is not null then
        raise exception 'The "%" task %: nothing was submitted.', type, refusal
            using errcode = 'program_limit_exceeded',
                hint = 'Keep what is large where the handler finds it and submit where that is, or start the nodes '
                       'with a greater LONGSHORE_PAYLOAD_LIMIT.';
    end if;
    return (select s.id from longshore.submit(type, payload, queue, priority, run_at, key, unique_key, max_attempts,
                                              after, on_dependency_failure) s);
end
$$;

create or replace function longshore.enqueue_many(
    type         text,
    payloads     jsonb[],
    queue        text        default null,
    priority     int         default null,
    run_at       timestamptz default null,
    key          text        default null,
    max_attempts int         default null
) returns bigint
    language plpgsql
as
$$
#variable_conflict use_column
declare
    t       longshore.task_type;
    refusal text   := longshore.task_excess(enqueue_many.queue, enqueue_many.run_at, enqueue_many.key, null, 0);
    most    bigint := longshore.payload_limit();
    wrong   record;
    count   bigint;
begin
    select * into t from longshore.task_type d where d.name = enqueue_many.type;
    if not found then
        raise exception 'Unknown task type "%": nothing was submitted.', coalesce(enqueue_many.type, '(null)')
            using errcode = 'invalid_parameter_value',
                hint = 'The types that a running node has declared are in longshore.task_type.';
    end if;
    if enqueue_many.priority not between 0 and 9 then
        raise exception 'Priority % is outside 0 to 9 (9 runs first): nothing was submitted.', enqueue_many.priority
            using errcode = 'invalid_parameter_value';
    end if;
    if enqueue_many.max_attempts < 1 then
        raise exception 'max_attempts % is below 1: nothing was submitted.', enqueue_many.max_attempts
            using errcode = 'invalid_parameter_value';
    end if;
    if refusal is not null then
        raise exception 'Each task %: nothing was submitted.', refusal using errcode = 'invalid_parameter_value';
    end if;
    select g.n, coalesce(jsonb_typeof(g.payload), 'null') as kind into wrong
    from unnest(enqueue_many.payloads) with ordinality g (payload, n)
    where g.payload is null or jsonb_typeof(g.payload) <> 'object'
    order by g.n limit 1;
    if found then
        raise exception 'payloads[%] must be a JSON object, not %: nothing was submitted.', wrong.n, wrong.kind
            using errcode = 'invalid_parameter_value';
    end if;
    select g.n, longshore.excess('payload', g.payload, most) as excess into wrong
    from unnest(enqueue_many.payloads) with ordinality g (payload, n)
    where longshore.excess('payload', g.payload, most) is not null
    order by g.n limit 1;
    if found then
        raise exception 'The task of payloads[%] %: nothing was submitted.', wrong.n, wrong.excess
            using errcode = 'program_limit_exceeded',
                hint = 'Keep what is large where the handler finds it and submit where that is, or start the nodes '
                       'with a greater LONGSHORE_PAYLOAD_LIMIT.';
    end if;
    insert into longshore.task (type, queue, priority, payload, key, max_attempts, run_at)
    select t.name, coalesce(enqueue_many.queue, t.queue), coalesce(enqueue_many.priority, t.priority), g.payload,
           enqueue_many.key, coalesce(enqueue_many.max_attempts, t.max_attempts), coalesce(enqueue_many.run_at, now())
    from unnest(enqueue_many.payloads) with ordinality g (payload, n)
    order by g.n;
    get diagnostics count = row_count;
    return count;
end
$$;

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
            else longshore.task_excess(element ->> 'queue', (element ->> 'runAt')::timestamptz, element ->> 'key',
                                       element ->> 'uniqueKey', jsonb_array_length(nullif(element -> 'after', 'null')))
        end)
    end
$$;

-- Refuses all when a payload among them is too long.
create function longshore.refuse_large(tasks jsonb, what text) returns void
    language plpgsql stable
as
$$
declare
    most  bigint := longshore.payload_limit();
    wrong record;
begin
    select g.n - 1 as index, longshore.excess('payload', g.element -> 'payload', most) as excess into wrong
    from jsonb_array_elements(tasks) with ordinality g (element, n)
    where longshore.excess('payload', g.element -> 'payload', most) is not null
    order by g.n limit 1;
    if found then
        raise exception 'The % %: nothing was submitted.', format(what, wrong.index), wrong.excess
            using errcode = 'program_limit_exceeded',
                hint = 'Keep what is large where the handler finds it and submit where that is, or start the nodes '
                       'with a greater LONGSHORE_PAYLOAD_LIMIT.';
    end if;
end
$$;

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
    perform longshore.refuse_large(tasks, 'task at index %s');
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

create or replace function longshore.enqueue_group(tasks jsonb, completion jsonb) returns bigint
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
    if jsonb_array_length(tasks) > 10000 then
        raise exception 'The group has % tasks, and its completion can come after 10000: nothing was submitted.',
            jsonb_array_length(tasks)
            using errcode = 'program_limit_exceeded', hint = 'Submit several groups, and a task that comes after theirs.';
    end if;
    perform longshore.refuse_large(tasks, 'task at index %s'),
            longshore.refuse_large(jsonb_build_array(completion), 'completion');
    select array_agg(s.id order by g.n) into ids
    from jsonb_array_elements(tasks) with ordinality g (element, n), lateral longshore.submit_object(g.element) s;
    return (select id from longshore.submit_object(completion, ids, 'run'));
end
$$;
