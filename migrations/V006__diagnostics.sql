-- What the diagnostic task types leave behind, for checks from outside (docs/diagnostics.md).

create table longshore.effect (
    task_id bigint      not null,
    name    text        not null,
    at      timestamptz not null default clock_timestamp()
);
create index effect_task on longshore.effect (task_id);

create table longshore.effect_item (
    task_id bigint      not null,
    item    int         not null,
    attempt int         not null,
    worker  text        not null,
    at      timestamptz not null default clock_timestamp()
);
-- Not unique: an item that was done twice must be seen twice.
create index effect_item_task on longshore.effect_item (task_id, item);

-- The item at which a task's pipeline has thrown already: it does so once, over all attempts.
create table longshore.effect_fault (
    task_id bigint      not null primary key,
    item    int         not null,
    attempt int         not null,
    at      timestamptz not null default clock_timestamp()
);
