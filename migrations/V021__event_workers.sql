-- Event workers: readers of the log with a durable position, and what they could not handle.

create sequence longshore.event_worker_token;

create table longshore.event_worker (
    name         text primary key,
    description  text        not null,
    messages     text[]      not null, -- the names it has handlers for
    periodic     boolean     not null,
    policy       jsonb       not null, -- as declared: attempts, time limits, …
    wanted       text        not null default 'running' check (wanted in ('running', 'paused', 'stopped')),
    position     bigint      not null, -- it is done with every message up to this id
    replay_until bigint      not null, -- up to this one messages are older than the worker, or come again
    state        jsonb,                -- null: as the class makes it
    token        bigint      not null default nextval('longshore.event_worker_token'), -- the fence of every write
    job_instance bigint      not null default nextval('longshore.job_instance_id'),
    owner        text,                 -- the node that runs it, and which life of it
    owner_run    bigint,
    owned_since  timestamptz,
    failing_id   bigint,               -- the message that is being tried again
    failures     int         not null default 0,
    retry_at     timestamptz,
    error        text,                 -- of the last try
    halted       boolean     not null default false,
    suspect_id   bigint,               -- what it was at when its node went, perhaps
    losses       int         not null default 0,
    periodic_at  timestamptz,
    handled      bigint      not null default 0,
    report       jsonb,                -- what its node says of its health
    declared_at  timestamptz not null default clock_timestamp(),
    moved_at     timestamptz           -- when its position did
) with (fillfactor = 50);

-- Messages that used up their attempts: set aside, with all that is needed to try them again, also when
-- retention has taken the message itself.
create table longshore.dead_letter (
    id           bigint generated always as identity primary key,
    worker       text        not null references longshore.event_worker (name) on delete cascade,
    message_id   bigint      not null,
    name         text        not null,
    payload      jsonb       not null,
    metadata     jsonb       not null,
    created_at   timestamptz not null, -- the message's
    error        text        not null,
    attempts     int         not null,
    set_aside_at timestamptz not null default clock_timestamp(),
    replay_at    timestamptz           -- asked for; null: lies there
);
create index dead_letter_worker on longshore.dead_letter (worker, id);

-- Deletes messages that are older than that and behind every worker's position, some at a time.
-- The only way to delete from the log: the trigger knows it by a mark that ends with the transaction.
create function longshore.retain_messages(age interval, at_most int default 1000) returns bigint
    language plpgsql security definer set search_path = pg_catalog, pg_temp
as
$$
declare
    behind bigint := (select coalesce(min(w.position), 9223372036854775807) from longshore.event_worker w);
    gone   bigint;
begin
    perform set_config('longshore.retention', pg_current_xact_id()::text, true);
    delete from longshore.message m
    using (select p.id from (select o.id, o.created_at from longshore.message o
                             where o.id <= behind order by o.id limit at_most) p
           where p.created_at < clock_timestamp() - age) old
    where m.id = old.id;
    get diagnostics gone = row_count;
    perform set_config('longshore.retention', '', true);
    return gone;
end
$$;
