-- Tasks, the claims that carry them, their attempts, and the workers that run them.
-- Every time in here is the database's: now() or clock_timestamp(), never a node's clock.

create type longshore.task_state as enum ('pending', 'queued', 'ongoing', 'succeeded', 'failed', 'cancelled');

-- What a running node has declared about each type. SQL clients take their defaults from here.
create table longshore.task_type (
    name            text primary key,
    lane            text        not null check (lane in ('quick', 'long')),
    queue           text        not null,
    priority        smallint    not null check (priority between 0 and 9),
    max_attempts    int         not null check (max_attempts >= 1),
    backoff_seconds float8      not null check (backoff_seconds >= 0),
    backoff_factor  float8      not null check (backoff_factor >= 1),
    backoff_cap     float8      not null check (backoff_cap >= 0),
    time_limit      interval, -- null: none
    declared_at     timestamptz not null default now()
);

create table longshore.task (
    id               bigint generated always as identity primary key,
    type             text                 not null references longshore.task_type (name),
    queue            text                 not null,
    state            longshore.task_state not null default 'pending',
    priority         smallint             not null check (priority between 0 and 9),
    payload          jsonb                not null default '{}' check (jsonb_typeof(payload) = 'object'),
    key              text,
    unique_key       text,
    runs             int                  not null default 0, -- every run there was; numbers the attempts
    attempts         int                  not null default 0, -- those that count against max_attempts
    losses           int                  not null default 0, -- those in a row whose node was lost
    max_attempts     int                  not null check (max_attempts >= 1),
    run_at           timestamptz          not null default now(),
    created_at       timestamptz          not null default clock_timestamp(),
    started_at       timestamptz, -- of the last attempt
    ended_at         timestamptz,
    claim_id         bigint, -- the fence: set while queued and ongoing, and only then
    worker           text,   -- who runs it, or ran it last
    cancel_requested boolean              not null default false,
    progress         jsonb,
    result           jsonb,
    error            text,
    constraint task_claimed check ((claim_id is not null) = (state in ('queued', 'ongoing')))
) with (fillfactor = 80);

-- The claim's way in: due tasks of the highest priority, oldest first.
create index task_due on longshore.task (priority desc, run_at, id) where state = 'pending';
create index task_claim on longshore.task (claim_id) where claim_id is not null;
create unique index task_unique_key on longshore.task (type, unique_key)
    where unique_key is not null and state in ('pending', 'queued', 'ongoing');
-- Pages of the console and REST: newest first, filtered.
create index task_by_state on longshore.task (state, id desc);
create index task_by_type on longshore.task (type, id desc);
create index task_by_queue on longshore.task (queue, id desc);
create index task_by_key on longshore.task (key, id desc) where key is not null;

-- A claim is the unit of dispatch: one row, one message, one batch job.
create sequence longshore.claim_id;
create table longshore.claim (
    id         bigint primary key default nextval('longshore.claim_id'),
    lane       text        not null,
    type       text        not null,
    claimed_by text        not null,
    claimed_at timestamptz not null default clock_timestamp(),
    worker     text,        -- null until a node has taken it off its message
    worker_run bigint,      -- which life of that worker
    taken_at   timestamptz,
    lease_until timestamptz -- only for workers that are not nodes of ours: they renew nothing
);
create index claim_untaken on longshore.claim (lane, claimed_at) where worker is null;
create index claim_taken on longshore.claim (worker, worker_run) where worker is not null;

-- One run of a task. An attempt without an end is under way.
create table longshore.attempt (
    claim_id      bigint      not null,
    task_id       bigint      not null references longshore.task (id) on delete cascade,
    number        int         not null,
    worker        text        not null,
    started_at    timestamptz not null default clock_timestamp(),
    ended_at      timestamptz,
    outcome       text, -- succeeded, retry, failed, cancelled, snoozed, timed out, handed back, lost
    error         text,
    job_execution bigint,
    primary key (task_id, claim_id)
);

-- A node. Its lease is the only sign of life; `run` tells one life of an id from the next.
create sequence longshore.worker_run;
create table longshore.worker (
    id          text primary key,
    run         bigint      not null,
    host        text        not null,
    pid         bigint      not null,
    version     text        not null,
    state       text        not null check (state in ('active', 'stopped', 'lost')),
    started_at  timestamptz not null default clock_timestamp(),
    seen_at     timestamptz not null default clock_timestamp(),
    lease_until timestamptz not null,
    long_slots  int         not null,
    quick_slots int         not null
);
