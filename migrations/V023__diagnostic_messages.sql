-- What the diagnostic event worker leaves behind (docs/diagnostics.md). Not unique: a message that was
-- handled twice must be seen twice.
create table longshore.effect_message (
    message_id bigint      not null,
    name       text        not null,
    node       text        not null,
    replay     boolean     not null,
    at         timestamptz not null default clock_timestamp(),
    n          bigint generated always as identity -- in the order of handling
);
create index effect_message_id on longshore.effect_message (message_id);
