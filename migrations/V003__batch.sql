-- The job repository of the Jakarta Batch runtime: executions, their steps, the partitions of steps.
--
-- An execution is live while its status is STARTING, STARTED or STOPPING. Every write of a running job
-- locks its live row first, in the transaction of the chunk. Taking a dead node's work over is therefore
-- one statement, after which nothing of the old run can commit:
--   update longshore.job_execution set status = 'FAILED', exit_status = 'lost', ended_at = now()
--   where claim_id = any (?) and status in ('STARTING', 'STARTED', 'STOPPING')

-- The job instance of a task's job is the task's id; jobs without a task count from far above.
create sequence longshore.job_instance_id start with 1000000000000000000;

create table longshore.job_execution (
    id               bigint generated always as identity primary key,
    instance_id      bigint      not null,
    task_id          bigint references longshore.task (id) on delete cascade, -- null: started without a task
    claim_id         bigint,                                                  -- the fence of a task's job
    worker           text        not null,
    worker_run       bigint, -- which life of that worker; null for a task's job, whose claim says it
    job_name         text        not null, -- the id in the job XML
    job_xml          text        not null, -- the file's name, without its ending
    parameters       jsonb,
    status           text        not null check (status in ('STARTING', 'STARTED', 'STOPPING', 'STOPPED',
                                                            'FAILED', 'COMPLETED', 'ABANDONED')),
    exit_status      text,
    restart_position text,
    created_at       timestamptz not null default clock_timestamp(),
    started_at       timestamptz not null default clock_timestamp(),
    ended_at         timestamptz,
    updated_at       timestamptz not null default clock_timestamp()
) with (fillfactor = 80);

-- One live execution per instance: a second one cannot even be inserted.
create unique index job_execution_live on longshore.job_execution (instance_id)
    where status in ('STARTING', 'STARTED', 'STOPPING');
create index job_execution_live_claim on longshore.job_execution (claim_id)
    where status in ('STARTING', 'STARTED', 'STOPPING');
-- An instance's executions are found by its task or, where there is none, by its own id.
create index job_execution_task on longshore.job_execution (task_id) where task_id is not null;
create index job_execution_instance on longshore.job_execution (instance_id) where task_id is null;
create index job_execution_name on longshore.job_execution (job_name, id desc);

-- Nodes draw blocks of ids: within an execution they ascend, between nodes they say nothing.
create sequence longshore.step_execution_id increment by 100;

create table longshore.step_execution (
    id                bigint primary key,
    job_execution_id  bigint      not null references longshore.job_execution (id) on delete cascade,
    step_name         text        not null,
    status            text        not null,
    exit_status       text,
    error             text,  -- of the exception: class, message, trace
    started_at        timestamptz not null,
    ended_at          timestamptz,
    partitions        int,   -- how many this run was to run; null until it is known
    user_data         bytea, -- this and the checkpoints: Java serialization, as the specification has it
    reader_checkpoint bytea,
    writer_checkpoint bytea,
    read_count        bigint      not null default 0,
    write_count       bigint      not null default 0,
    commit_count      bigint      not null default 0,
    rollback_count    bigint      not null default 0,
    read_skip_count   bigint      not null default 0,
    process_skip_count bigint     not null default 0,
    write_skip_count  bigint      not null default 0,
    filter_count      bigint      not null default 0
) with (fillfactor = 80);
create index step_execution_job on longshore.step_execution (job_execution_id);

create table longshore.partition_execution (
    step_execution_id bigint not null references longshore.step_execution (id) on delete cascade,
    partition         int    not null,
    status            text   not null,
    exit_status       text,
    user_data         bytea,
    reader_checkpoint bytea,
    writer_checkpoint bytea,
    primary key (step_execution_id, partition)
) with (fillfactor = 80);
