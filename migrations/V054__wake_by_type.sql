-- A notification names the type of what was submitted, where it is one: nodes that do not have it sleep on, and the others
-- claim in its lane alone. On an idle node of two cores the other lane's claim stood in the way of the first.
create or replace function longshore.wake() returns trigger
    language plpgsql
as
$$
declare
    first_type text;
    last_type  text;
begin
    -- As V007 has it: only where somebody sleeps.
    if (case when pg_try_advisory_lock_shared(hashtext('longshore.wake'))
             then not pg_advisory_unlock_shared(hashtext('longshore.wake'))
             else true end)
    then
        select min(type), max(type) into first_type, last_type
        from submitted where state = 'pending' and run_at <= clock_timestamp();
        if first_type is not null then
            perform pg_notify('longshore_work', case when first_type = last_type then first_type else '' end);
        end if;
    end if;
    return null;
end
$$;
