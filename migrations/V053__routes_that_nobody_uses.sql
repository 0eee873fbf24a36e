-- Routes that nobody uses any more go: every claim asks for each of them.
--
-- A submission leaves alone a route that it finds, and locks nothing, so a route that is deleted meanwhile would be
-- missing under its tasks, which nobody would ever claim. So a route is good for a day: who finds none that is younger
-- writes another (V013 says why they may stand beside each other). Old ones are deleted when they are out of
-- date for days: whoever has counted on one has committed its tasks by then, and they are seen.
alter table longshore.route add column used_at timestamptz not null default clock_timestamp();

create or replace function longshore.count_added() returns trigger
    language plpgsql security definer set search_path = longshore, pg_temp
as
$$
declare
    unknown text;
begin
    insert into longshore.task_count_change select queue, count(*) from added group by queue;
    insert into longshore.route
    select a.type, a.queue, a.priority
    from (select distinct type, queue, priority from added) a
    where not exists (select from longshore.route r
                      where r.type = a.type and r.queue = a.queue and r.priority = a.priority
                        and r.used_at > clock_timestamp() - interval '1 day');
    -- The key share lock keeps the type from being deleted until this commits.
    select a.type into unknown
    from (select distinct type from added) a
    left join lateral (
        select 1 as known from longshore.task_type t where t.name = a.type for key share) t on true
    where t.known is null
    limit 1;
    if unknown is not null then
        raise exception 'Unknown task type "%": nothing was submitted.', unknown
            using errcode = 'foreign_key_violation',
                hint = 'The types that a running node has declared are in longshore.task_type.';
    end if;
    return null;
end
$$;

-- An operator's retry of a task uses its route again.
create function longshore.route_used_again() returns trigger
    language plpgsql security definer set search_path = longshore, pg_temp
as
$$
begin
    insert into longshore.route
    select new.type, new.queue, new.priority
    where not exists (select from longshore.route r
                      where r.type = new.type and r.queue = new.queue and r.priority = new.priority
                        and r.used_at > clock_timestamp() - interval '1 day');
    return null;
end
$$;

create trigger route_used_again after update of state on longshore.task
    for each row when (new.state = 'pending' and old.state in ('failed', 'cancelled'))
    execute function longshore.route_used_again();

-- Deletes what is out of date for a week, of routes that have a younger one beside them, or no unfinished task.
create function longshore.prune_routes() returns bigint
    language sql
as
$$
with gone as (
    delete from longshore.route r
    where r.used_at < clock_timestamp() - interval '8 days'
      and (exists (select from longshore.route y
                   where y.type = r.type and y.queue = r.queue and y.priority = r.priority
                     and (y.used_at, y.ctid) > (r.used_at, r.ctid))
           or not exists (select from longshore.task t
                          where t.state = 'pending' and t.held is null and t.type = r.type
                            and t.queue = r.queue and t.priority = r.priority)
              and not exists (select from longshore.task t
                              where t.state = 'pending' and t.held is not null and t.type = r.type
                                and t.queue = r.queue and t.priority = r.priority)
              -- Claim by claim, as in engine.limit.Closed.
              and not exists (select from longshore.claim c, lateral (
                                  select 1 from longshore.task t
                                  where t.claim_id = c.id and t.queue = r.queue and t.priority = r.priority
                                  offset 0) t
                              where c.type = r.type))
    returning 1)
select count(*) from gone
$$;
