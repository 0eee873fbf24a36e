-- Who looks reads the sequence first and the locks after that: an appender that took its lock in between may
-- stand at a greater id than the one that was read. Its key was then taken for one that is 4 billion ids
-- behind, and nothing was readable: a worker that began "now" at that moment began in front of the whole log.
-- The distance has a sign; who is ahead holds up nobody, since all its ids will be greater.
create or replace function longshore.readable_messages() returns bigint
    language plpgsql volatile
as
$$
declare
    last bigint := longshore.last_message(); -- before the locks are looked at
    low  bigint;
begin
    -- A lock's key is the lower half of what the sequence stood at; nobody is 2 billion ids behind or ahead.
    select last - max(((last - l.objid::bigint + 2147483648) & 4294967295) - 2147483648) into low
    from pg_locks l
    where l.locktype = 'advisory' and l.objsubid = 2 and l.classid::bigint = 1819240301
      and l.database = (select oid from pg_database where datname = current_database());
    return least(last, coalesce(low, last));
end
$$;
