-- As in V015: tried again by an operator a task waits again for those that have not ended, and for no
-- others. What had ended by then is not waited for, nor held against it when it is told of only later.
--
-- The rows are locked. Whoever works through the news (engine/after) deletes the row of one that has
-- succeeded and looks then whether its task waits for more: that look has to come after the retry's
-- commit, or the retry after the deletion. Between the two nobody would let the task go any more.
create or replace function longshore.retried_after() returns trigger
    language plpgsql
as
$$
begin
    perform from longshore.prerequisite p where p.task_id = new.id for update;
    delete from longshore.prerequisite p
    where p.task_id = new.id
      and not exists (select from longshore.task t
                      where t.id = p.after_id and t.state in ('pending', 'queued', 'ongoing'));
    if exists (select from longshore.prerequisite p where p.task_id = new.id) then
        new.held := 'task';
    end if;
    return new;
end
$$;

-- Those that wait for ever because a retry of before has left them such rows. Nobody works through the
-- news meanwhile, and what is in them is told of as ever.
select pg_advisory_xact_lock(hashtext('longshore.after'));

delete from longshore.prerequisite p using longshore.task d, longshore.task a
where d.id = p.task_id and d.state = 'pending' and d.held = 'task'
  and a.id = p.after_id and a.state in ('succeeded', 'failed', 'cancelled')
  and not exists (select from longshore.prerequisite_news n where n.task_id = a.id);

update longshore.task t set held = null, run_at = greatest(run_at, clock_timestamp())
where t.state = 'pending' and t.held = 'task'
  and not exists (select from longshore.prerequisite p where p.task_id = t.id);
