-- Wake-ups: a submission is announced when no node is looking for work, and only then, since NOTIFY
-- takes a lock of the whole server at commit.
--
-- The announcement is asked for by an advisory lock, not by a row: one idle node holds it exclusively
-- from its listening session (engine/claim/WakeUpListener). Nothing has to be written, or vacuumed,
-- and the request goes with a session that dies. A busy cluster holds no lock: somebody will look again.
--
-- No submission is lost between both: this is asked after the rows were inserted. A submission that
-- still found nobody idle is committed before the node looks, or is under way while it does; for
-- those the node looks a few times more, at growing intervals.
create function longshore.wake() returns trigger
    language plpgsql
as
$$
begin
    -- A session's lock, and free again within one expression: nobody's transaction keeps a node from
    -- going idle, and nothing is left where a statement is cancelled.
    if (case when pg_try_advisory_lock_shared(hashtext('longshore.wake'))
             then not pg_advisory_unlock_shared(hashtext('longshore.wake'))
             else true end)
        and exists (select from submitted where state = 'pending' and run_at <= clock_timestamp())
    then
        perform pg_notify('longshore_work', '');
    end if;
    return null;
end
$$;

create trigger wake after insert on longshore.task
    referencing new table as submitted
    for each statement execute function longshore.wake();
