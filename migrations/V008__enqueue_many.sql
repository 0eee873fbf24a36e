-- Many tasks in one statement, in the caller's transaction: all of them or, when one is refused, none.
-- Both forms answer how many tasks are new.

-- Tasks of one type that differ in their payloads:
--   select longshore.enqueue_many('mail', array_agg(jsonb_build_object('to', address))) from …
create function longshore.enqueue_many(
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
    t     longshore.task_type;
    wrong record;
    count bigint;
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
    select g.n, coalesce(jsonb_typeof(g.payload), 'null') as kind into wrong
    from unnest(enqueue_many.payloads) with ordinality g (payload, n)
    where g.payload is null or jsonb_typeof(g.payload) <> 'object'
    order by g.n limit 1;
    if found then
        raise exception 'payloads[%] must be a JSON object, not %: nothing was submitted.', wrong.n, wrong.kind
            using errcode = 'invalid_parameter_value';
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

-- What is wrong with an element of the form below, or null. Its members are those of REST.
create function longshore.task_object_refusal(element jsonb) returns text
    language sql stable
as
$$
select case
    when jsonb_typeof(element) <> 'object' then 'must be a JSON object, not ' || jsonb_typeof(element)
    else coalesce(
        (select format('has a member "%s" that is not known; known are type, payload, queue, priority, runAt, key, '
                       'uniqueKey, maxAttempts', left(k, 100))
         from jsonb_object_keys(element) k
         where k not in ('type', 'payload', 'queue', 'priority', 'runAt', 'key', 'uniqueKey', 'maxAttempts')
         order by k limit 1),
        (select format('has a "%s" that must be of type %s, not %s', m.key, w.kind, jsonb_typeof(m.value))
         from jsonb_each(element) m
         join (values ('type', 'string'), ('payload', 'object'), ('queue', 'string'), ('priority', 'number'),
                      ('runAt', 'string'), ('key', 'string'), ('uniqueKey', 'string'), ('maxAttempts', 'number'))
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
        end)
    end
$$;

-- Tasks of any types, as REST's /api/tasks/bulk takes them; whatever is absent or null takes the type's
-- default:
--   select longshore.enqueue_many('[{"type": "noop"}, {"type": "sleep", "payload": {"millis": 5}, "priority": 9}]')
-- An unfinished task with the same unique key stands for a new one, which is then not counted.
create function longshore.enqueue_many(tasks jsonb) returns bigint
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
    order by g.n
    on conflict (type, unique_key) where unique_key is not null and state in ('pending', 'queued', 'ongoing')
        do nothing;
    get diagnostics count = row_count;
    return count;
end
$$;
