-- A task's type was looked up, and its row locked, once for each task: 7 us of the 20 of a submission in
-- bulk. It is looked up once for each type of a statement now, in the trigger that notes what was added.
alter table longshore.task drop constraint task_type_fkey;

create or replace function longshore.count_added() returns trigger
    language plpgsql
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
                      where r.type = a.type and r.queue = a.queue and r.priority = a.priority);
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

create function longshore.type_in_use() returns trigger
    language plpgsql
as
$$
begin
    if exists (select from longshore.route r join longshore.task t
                   on t.type = r.type and t.queue = r.queue and t.priority = r.priority
               where r.type = old.name and t.state = 'pending')
        or exists (select from longshore.task t where t.type = old.name
                   and t.state in ('succeeded', 'failed', 'cancelled'))
        or exists (select from longshore.task t where t.type = old.name and t.claim_id is not null)
    then
        raise exception 'Task type "%" has tasks: it was neither deleted nor renamed.', old.name
            using errcode = 'foreign_key_violation',
                hint = 'Cancel its tasks and wait until they are pruned.';
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end
$$;

create trigger in_use before delete or update of name on longshore.task_type
    for each row execute function longshore.type_in_use();
