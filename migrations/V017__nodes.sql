-- What tells a node's death before its lease is over, and what an operator asks of a node.

-- When the session that holds the node's lease took its advisory lock, class 'longshore.worker', number
-- `run`. PostgreSQL frees the lock when the connection ends, as it does when its process is killed.
-- Null: this life has taken none, and only its lease says whether it lives.
alter table longshore.worker add column session_at timestamptz;

-- Whether the node is to take no more work. It hears of that with its next sign of life.
alter table longshore.worker add column draining boolean not null default false;
-- How long what it runs may go on, then; null: as the node is set.
alter table longshore.worker add column drain_seconds float8 check (drain_seconds >= 0);

-- Whether a life of a node still has its session. Other databases of the server have locks of the same name.
create function longshore.has_session(run bigint) returns boolean
    language sql volatile
as
$$
select exists (
    select 1 from pg_locks l
    where l.locktype = 'advisory' and l.objsubid = 2 and l.granted
      and l.database = (select d.oid from pg_database d where d.datname = current_database())
      and l.classid::bigint = hashtext('longshore.worker')::bigint & 4294967295
      and l.objid::bigint = has_session.run)
$$;
