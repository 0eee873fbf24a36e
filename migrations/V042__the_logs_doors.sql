-- The log is append-only for everyone but its owner, who may alter the table whatever it says.

-- Retention is known by a mark that ends with the transaction. A setting, which everybody may set: who has the
-- right to delete could have marked himself. So he has to be the table's owner, too, as whoever calls
-- retain_messages is while it runs.
create or replace function longshore.refuse_message_change() returns trigger
    language plpgsql
as
$$
begin
    if tg_op = 'DELETE' and current_setting('longshore.retention', true) = pg_current_xact_id()::text
        and current_user = (select pg_get_userbyid(relowner) from pg_class where oid = tg_relid)
    then
        return null;
    end if;
    raise exception 'longshore.message is append-only: % was refused and nothing was changed.', lower(tg_op)
        using errcode = 'object_not_in_prerequisite_state',
            hint = 'Append a message that corrects the other. Old ones go by themselves, see longshore.log.retention.';
end
$$;

-- What the sequence stood at when the appender took its lock: all its ids are greater. One that is not was not
-- drawn but given ("overriding system value"), and readers may have passed it.
create or replace function longshore.appending() returns trigger
    language plpgsql
as
$$
declare
    last bigint;
begin
    if current_setting('longshore.appending', true) is distinct from pg_current_xact_id()::text then
        last := longshore.last_message();
        perform pg_advisory_xact_lock_shared(1819240301, last::bit(32)::int);
        perform set_config('longshore.appending', pg_current_xact_id()::text, true),
                set_config('longshore.appending_behind', last::text, true);
    end if;
    return null;
end
$$;

create function longshore.refuse_given_id() returns trigger
    language plpgsql
as
$$
begin
    raise exception 'A message with the id % would stand behind what was read, and nobody would see it: nothing was appended.',
        new.id
        using errcode = 'generated_always', hint = 'Leave the id to the log.';
end
$$;

create trigger in_order before insert on longshore.message for each row
    when (new.id <= current_setting('longshore.appending_behind', true)::bigint)
    execute function longshore.refuse_given_id();

-- A session that plays a replica (session_replication_role) runs no others.
alter table longshore.message enable always trigger append_only;
alter table longshore.message enable always trigger appending;
alter table longshore.message enable always trigger announce;
alter table longshore.message enable always trigger in_order;
