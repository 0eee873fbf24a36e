-- Who moved what, when and why. Written in the transaction of the move; nothing updates or deletes it.
create table longshore.audit (
    id         bigint generated always as identity primary key,
    at         timestamptz          not null default clock_timestamp(),
    actor      text                 not null, -- a worker's id, or a user of REST
    task_id    bigint               not null, -- no foreign key: the trail outlives the task
    type       text                 not null,
    from_state longshore.task_state not null,
    to_state   longshore.task_state not null,
    attempt    int                  not null,
    claim_id   bigint,
    outcome    text                 not null,
    error      text
);
create index audit_task on longshore.audit (task_id, id);
