-- The message log: append-only, in the caller's transaction, read in the order of ids.
--
-- Ids are drawn before their transaction commits, so a smaller one may appear after a greater one, and a
-- reader that has passed it would never see it. Readers therefore stop below every transaction that has
-- appended and is still open (longshore.readable_messages). The oldest open transaction of all would not
-- do as the bound: one with an older xid may draw a greater id, and commit first; and whoever writes for
-- long, anything at all, would hold up every reader of the log.
--
-- So an appender first takes a lock, shared and until its transaction ends, whose key says what the
-- sequence stood at: all its ids will be greater. Only then are ids drawn. Who looks at the sequence first
-- and at the locks after that has seen the lock of every id that is drawn and not settled. PostgreSQL lets
-- go of locks after it has made the transaction visible.

create table longshore.message (
    id         bigint generated always as identity primary key,
    name       text        not null,
    payload    jsonb       not null default '{}',
    metadata   jsonb       not null default '{}',
    created_at timestamptz not null default clock_timestamp(),
    constraint message_name check (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*$'
        and length(name) <= 200),
    constraint message_payload check (jsonb_typeof(payload) = 'object'),
    constraint message_metadata check (jsonb_typeof(metadata) = 'object')
);
-- A reader takes the messages of its names, each a range of ids.
create index message_by_name on longshore.message (name, id);

-- What the sequence has drawn. Not by pg_sequences, which asks for privileges.
create function longshore.last_message() returns bigint
    language sql volatile
as
$$
select case when is_called then last_value else 0 end from longshore.message_id_seq
$$;

-- Every message up to this id is settled: there to be read, or never to come.
create function longshore.readable_messages() returns bigint
    language plpgsql volatile
as
$$
declare
    last bigint := longshore.last_message(); -- before the locks are looked at
    low  bigint;
begin
    -- A lock's key is the lower half of what the sequence stood at; nobody is 4 billion ids behind.
    select last - max((last - l.objid::bigint) & 4294967295) into low
    from pg_locks l
    where l.locktype = 'advisory' and l.objsubid = 2 and l.classid::bigint = 1819240301
      and l.database = (select oid from pg_database where datname = current_database());
    return least(last, coalesce(low, last));
end
$$;

-- Once in a transaction is enough. The mark goes with a rollback to a savepoint, as the lock does.
create function longshore.appending() returns trigger
    language plpgsql
as
$$
begin
    if current_setting('longshore.appending', true) is distinct from pg_current_xact_id()::text then
        perform pg_advisory_xact_lock_shared(1819240301, longshore.last_message()::bit(32)::int);
        perform set_config('longshore.appending', pg_current_xact_id()::text, true);
    end if;
    return null;
end
$$;

create trigger appending before insert on longshore.message
    for each statement execute function longshore.appending();

-- Readers that have nothing to do ask to be told, by an advisory lock, as in V007; a busy node asks nobody.
create function longshore.announce_messages() returns trigger
    language plpgsql
as
$$
begin
    if (case when pg_try_advisory_lock_shared(hashtext('longshore.log'))
             then not pg_advisory_unlock_shared(hashtext('longshore.log'))
             else true end)
    then
        perform pg_notify('longshore_log', '');
    end if;
    return null;
end
$$;

create trigger announce after insert on longshore.message
    for each statement execute function longshore.announce_messages();

-- Append-only, for everyone.
create function longshore.refuse_message_change() returns trigger
    language plpgsql
as
$$
begin
    if tg_op = 'DELETE' and current_setting('longshore.retention', true) = pg_current_xact_id()::text then
        return null;
    end if;
    raise exception 'longshore.message is append-only: % was refused and nothing was changed.', lower(tg_op)
        using errcode = 'object_not_in_prerequisite_state',
            hint = 'Append a message that corrects the other. Old ones go by themselves, see longshore.log.retention.';
end
$$;

create trigger append_only before update or delete or truncate on longshore.message
    for each statement execute function longshore.refuse_message_change();

-- The door in: answers the message's id.
create function longshore.append(name text, payload jsonb default '{}', metadata jsonb default '{}') returns bigint
    language plpgsql
as
$$
declare
    refusal text := longshore.message_refusal(append.name, append.payload, append.metadata);
    new_id  bigint;
begin
    if refusal is not null then
        raise exception 'The message %: nothing was appended.', refusal using errcode = 'invalid_parameter_value';
    end if;
    insert into longshore.message (name, payload, metadata)
    values (append.name, coalesce(append.payload, '{}'), coalesce(append.metadata, '{}'))
    returning id into new_id;
    return new_id;
end
$$;

-- What is wrong with a message, as the end of a sentence, or null.
create function longshore.message_refusal(name text, payload jsonb, metadata jsonb) returns text
    language sql immutable
as
$$
select case
    when name is null then 'has no name; a path such as post/create is expected'
    when length(name) > 200 or name !~ '^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*$'
        then format('has the name "%s"; a path such as post/create is expected, of letters, digits, dots, dashes and '
                    'underscores, of 200 characters at most', left(name, 100))
    when jsonb_typeof(coalesce(payload, '{}')) <> 'object'
        then format('"%s" has a payload that must be a JSON object, not %s', name, jsonb_typeof(payload))
    when jsonb_typeof(coalesce(metadata, '{}')) <> 'object'
        then format('"%s" has metadata that must be a JSON object, not %s', name, jsonb_typeof(metadata))
    end
$$;

-- Many in one statement, in the array's order: all of them or, when one is refused, none. Answers how many.
--   select longshore.append_many('[{"name": "post/create", "payload": {"id": 1}}, {"name": "post/delete"}]')
create function longshore.append_many(messages jsonb) returns bigint
    language plpgsql
as
$$
declare
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
    insert into longshore.message (name, payload, metadata)
    select g.element ->> 'name', coalesce(nullif(g.element -> 'payload', 'null'), '{}'),
           coalesce(nullif(g.element -> 'metadata', 'null'), '{}')
    from jsonb_array_elements(messages) with ordinality g (element, n)
    order by g.n;
    get diagnostics count = row_count;
    return count;
end
$$;
