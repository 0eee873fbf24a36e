-- The door in, for every client: a task is inserted in the caller's own transaction.
-- `created` is false when an unfinished task of the type with the same unique key answers instead.
create function longshore.submit(
    type         text,
    payload      jsonb       default '{}',
    queue        text        default null,
    priority     int         default null,
    run_at       timestamptz default null,
    key          text        default null,
    unique_key   text        default null,
    max_attempts int         default null
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
    return next;
end
$$;

-- The same for people who write SQL by hand: answers the task's id.
create function longshore.enqueue(
    type         text,
    payload      jsonb       default '{}',
    queue        text        default null,
    priority     int         default null,
    run_at       timestamptz default null,
    key          text        default null,
    unique_key   text        default null,
    max_attempts int         default null
) returns bigint
    language sql
as
$$
select id from longshore.submit(type, payload, queue, priority, run_at, key, unique_key, max_attempts)
$$;
