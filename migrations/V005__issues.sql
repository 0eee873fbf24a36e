-- Issues: a plain table that programs outside of Longshore read and write as they always did
-- (docs/issues.md), and the tasks of type `issue` that stand behind its rows. Triggers keep both
-- together, in the transaction of whoever wrote first. The task is the truth: `status` follows it.
--
-- Trigger functions run with the rights of their owner (security definer): a program needs rights
-- on cape_issues alone, none on schema longshore.

-- A node declares the type again, with its settings; SQL clients need not wait for one.
insert into longshore.task_type (name, lane, queue, priority, max_attempts, backoff_seconds, backoff_factor,
                                 backoff_cap, time_limit)
values ('issue', 'long', 'default', 4, 5, 1, 2, 300, interval '1 hour')
on conflict (name) do nothing;

-- The table, as it was first made elsewhere; a table that is there already is adopted.
create table if not exists public.cape_issues (
    id          serial primary key,
    description text not null,
    status      text default 'pending',
    created_at  timestamptz default now(),
    updated_at  timestamptz default now()
);
alter table public.cape_issues
    add column if not exists assigned_to text,
    add column if not exists task_id bigint; -- the latest task; no foreign key: tasks may be purged

do
$adopt$
declare
    found record;
begin
    -- Lists of allowed values, as check or as enum, know neither our states nor our workers.
    for found in
        select c.conname from pg_constraint c
        join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any (c.conkey)
        where c.conrelid = 'public.cape_issues'::regclass and c.contype = 'c' and a.attname in ('status', 'assigned_to')
    loop
        execute format('alter table public.cape_issues drop constraint if exists %I', found.conname);
    end loop;
    for found in
        select a.attname from pg_attribute a
        where a.attrelid = 'public.cape_issues'::regclass and a.attname in ('status', 'assigned_to')
          and a.atttypid <> 'text'::regtype
    loop
        execute format('alter table public.cape_issues alter column %1$I drop default,
                        alter column %1$I type text using %1$I::text', found.attname);
    end loop;
    -- Its other forms would be ambiguous beside ours, or hand out issues past the claims.
    for found in
        select p.oid::regprocedure as signature from pg_proc p
        where p.pronamespace = 'public'::regnamespace and p.proname in ('get_and_lock_next_issue', 'report_issue_result')
    loop
        execute format('drop function %s', found.signature);
    end loop;
end
$adopt$;

alter table public.cape_issues alter column status set default 'pending';
update public.cape_issues set status = 'pending' where status is null;

create unique index if not exists cape_issues_task on public.cape_issues (task_id);
create index if not exists cape_issues_by_status on public.cape_issues (status, id);
-- The way of a foreign worker to the oldest one.
create index if not exists cape_issues_pending on public.cape_issues (created_at, id) where status = 'pending';

create function longshore.issue_status(state longshore.task_state) returns text
    language sql immutable parallel safe
as
$$
select case state
    when 'pending' then 'pending' when 'queued' then 'pending'
    when 'ongoing' then 'started'
    when 'succeeded' then 'completed'
    else state::text end -- failed and cancelled: what the original did not know, said as it is
$$;

-- One output per attempt, as raw bytes: a command may print anything. `position` is where the chunk
-- begins in the whole output; a gap between two chunks is what did not fit the limit.
create table longshore.issue_log (
    task_id  bigint      not null references longshore.task (id) on delete cascade,
    claim_id bigint      not null,
    position bigint      not null,
    bytes    bytea       not null,
    at       timestamptz not null default clock_timestamp(),
    primary key (task_id, claim_id, position)
);

-- One run of the command. Without an end it runs, or its node went down with it.
create table longshore.issue_run (
    task_id    bigint      not null references longshore.task (id) on delete cascade,
    claim_id   bigint      not null,
    pid        bigint      not null,
    started_at timestamptz not null default clock_timestamp(),
    ended_at   timestamptz,
    exit_code  int,
    output     bigint, -- bytes that the command wrote, kept or not
    primary key (task_id, claim_id)
);

-- issue → task -----------------------------------------------------------------------------------

create function longshore.issue_check() returns trigger
    language plpgsql
as
$$
begin
    if coalesce(new.description, '') !~ '\S' then
        raise exception 'An issue needs a description: nothing was stored.'
            using errcode = 'check_violation', schema = tg_table_schema, table = tg_table_name, column = 'description';
    end if;
    new.status := coalesce(new.status, 'pending');
    return new;
end
$$;

create trigger longshore_check before insert or update of description on public.cape_issues
    for each row execute function longshore.issue_check();

-- The task that is submitted links itself to the issue: issue_task_added().
create function longshore.issue_submit(id int, description text) returns bigint
    language sql
as
$$
select longshore.enqueue('issue', jsonb_build_object('issue', id, 'description', description),
                         key => 'issue:' || id, unique_key => 'issue:' || id)
$$;

-- After, not before: a row that ON CONFLICT DO NOTHING leaves out must leave no task behind.
create function longshore.issue_added() returns trigger
    language plpgsql security definer set search_path = longshore, pg_temp
as
$$
begin
    perform longshore.issue_submit(new.id, new.description);
    return null;
end
$$;

-- Rows that come with another status are history that somebody brings along: they get no task.
create trigger longshore_submit after insert on public.cape_issues
    for each row when (new.status = 'pending' and new.task_id is null)
    execute function longshore.issue_added();

-- A submission of type `issue` by any other door has, or gets, its row here.
create function longshore.issue_task_added() returns trigger
    language plpgsql security definer set search_path = longshore, pg_temp
as
$$
declare
    issue       int;
    description text := new.payload ->> 'description';
begin
    if new.payload ? 'issue' then
        if jsonb_typeof(new.payload -> 'issue') <> 'number' or new.payload ->> 'issue' !~ '^\d{1,10}$' then
            raise exception 'The "issue" of the payload must be the number of an issue: nothing was submitted.'
                using errcode = 'invalid_parameter_value';
        end if;
        update public.cape_issues i
        set task_id = new.id, status = 'pending', assigned_to = null, updated_at = now()
        where i.id = (new.payload ->> 'issue')::bigint
          and not exists (select from longshore.task t
                          where t.id = i.task_id and t.state in ('pending', 'queued', 'ongoing'))
        returning i.id, i.description into issue, description;
        if not found then
            raise exception 'Issue % does not exist, or a task for it is not finished yet: nothing was submitted.',
                new.payload ->> 'issue' using errcode = 'invalid_parameter_value',
                hint = 'A payload with a "description" alone makes a new issue.';
        end if;
    else
        if new.payload ? 'description' and jsonb_typeof(new.payload -> 'description') <> 'string' then
            raise exception 'The "description" of the payload must be a string: nothing was submitted.'
                using errcode = 'invalid_parameter_value';
        end if;
        insert into public.cape_issues (description, task_id) values (description, new.id) returning id into issue;
    end if;
    update longshore.task t
    set payload    = t.payload || jsonb_build_object('issue', issue, 'description', description),
        key        = coalesce(t.key, 'issue:' || issue),
        unique_key = coalesce(t.unique_key, 'issue:' || issue)
    where t.id = new.id
      and (t.key is null or t.unique_key is null
           or not t.payload @> jsonb_build_object('issue', issue, 'description', description));
    return null;
end
$$;

create trigger issue_added after insert on longshore.task
    for each row when (new.type = 'issue')
    execute function longshore.issue_task_added();

-- task → issue -----------------------------------------------------------------------------------

create function longshore.issue_task_moved() returns trigger
    language plpgsql security definer set search_path = longshore, pg_temp
as
$$
begin
    update public.cape_issues i
    set status      = longshore.issue_status(new.state),
        assigned_to = case when new.state in ('pending', 'queued') then null else new.worker end,
        updated_at  = now()
    where i.task_id = new.id
      and (i.status, i.assigned_to) is distinct from
          (longshore.issue_status(new.state),
           case when new.state in ('pending', 'queued') then null else new.worker end);
    return null;
end
$$;

create trigger issue_moved after update of state, worker on longshore.task
    for each row when (new.type = 'issue' and (old.state <> new.state or old.worker is distinct from new.worker))
    execute function longshore.issue_task_moved();

-- Foreign workers --------------------------------------------------------------------------------

create function longshore.issue_audit(t longshore.task, actor text, from_state longshore.task_state, claim bigint,
                                      outcome text, error text default null) returns void
    language sql
as
$$
insert into longshore.audit (actor, task_id, type, from_state, to_state, attempt, claim_id, outcome, error)
values (actor, t.id, t.type, from_state, t.state, t.runs, claim, outcome, error)
$$;

-- Puts a pending task that the caller has locked under a lease: both moves at once, since a foreign
-- worker takes its issue as it claims it. As with nodes, neither is audited: the attempt says the same.
create function longshore.issue_lease(leased bigint, worker text, lease interval) returns void
    language plpgsql
as
$$
declare
    t     longshore.task;
    claim bigint;
begin
    insert into longshore.claim (lane, type, claimed_by, worker, taken_at, lease_until)
    values ('long', 'issue', issue_lease.worker, issue_lease.worker, clock_timestamp(), clock_timestamp() + lease)
    returning id into claim;
    update longshore.task set state = 'queued', claim_id = claim where id = leased and state = 'pending';
    update longshore.task
    set state = 'ongoing', worker = issue_lease.worker, runs = runs + 1, attempts = attempts + 1, started_at = clock_timestamp(),
        ended_at = null, progress = null, result = null
    where id = leased and claim_id = claim and state = 'queued' returning * into t;
    insert into longshore.attempt (claim_id, task_id, number, worker) values (claim, leased, t.runs, t.worker);
end
$$;

-- Ends the attempt of a leased task that the caller has locked, as engine.settle does for nodes.
create function longshore.issue_settle(leased bigint, success boolean, reason text) returns void
    language plpgsql
as
$$
declare
    b      longshore.task;
    t      longshore.task;
    d      longshore.task_type;
    target longshore.task_state;
    word   text;
    wait   float8;
begin
    select * into b from longshore.task where id = leased;
    select * into d from longshore.task_type where name = b.type;
    target := case when success then 'succeeded'
                   when b.cancel_requested then 'cancelled'
                   when b.attempts < b.max_attempts then 'pending'
                   else 'failed' end;
    word := case target when 'succeeded' then 'succeeded' when 'cancelled' then 'cancelled' else 'retry' end;
    -- The type's backoff, with the usual jitter of 10 % either way.
    wait := least(d.backoff_cap, d.backoff_seconds * power(d.backoff_factor, least(b.attempts - 1, 60)))
            * (0.9 + 0.2 * random());
    update longshore.task
    set state    = target,
        claim_id = null,
        run_at   = case when target = 'pending' then clock_timestamp() + wait * interval '1 second' else run_at end,
        ended_at = case when target = 'pending' then null else clock_timestamp() end,
        losses   = 0,
        cancel_requested = false,
        error    = case when success then null else reason end
    where id = leased and claim_id = b.claim_id and state = 'ongoing' returning * into t;
    update longshore.attempt set ended_at = clock_timestamp(), outcome = word, error = t.error
    where task_id = leased and claim_id = b.claim_id;
    delete from longshore.claim where id = b.claim_id;
    perform longshore.issue_audit(t, b.worker, 'ongoing', b.claim_id, word, t.error);
end
$$;

-- The oldest issue that is due, leased to a worker that is no node of ours; no row when there is none.
-- Past the end of the lease the issue goes to somebody else.
create function public.get_and_lock_next_issue(worker text, lease interval)
    returns table (id integer, description text)
    language plpgsql security definer set search_path = longshore, pg_temp
as
$$
#variable_conflict use_column
declare
    issue public.cape_issues;
begin
    if coalesce(get_and_lock_next_issue.worker, '') !~ '\S' then
        raise exception 'A worker needs a name: no issue was locked.' using errcode = 'invalid_parameter_value';
    end if;
    if lease is null or lease <= interval '0' then
        raise exception 'A lease of % is over before it begins: no issue was locked.', coalesce(lease::text, 'null')
            using errcode = 'invalid_parameter_value';
    end if;
    -- SKIP LOCKED on the task: claiming locks the same rows.
    select i.* into issue
    from public.cape_issues i join longshore.task t on t.id = i.task_id
    where i.status = 'pending' and t.state = 'pending' and t.type = 'issue' and t.run_at <= now()
    order by i.created_at, i.id
    limit 1 for update of t skip locked;
    if found then
        perform longshore.issue_lease(issue.task_id, get_and_lock_next_issue.worker, lease);
        return query select issue.id, issue.description;
    end if;
end
$$;

-- By the name that the original's parameter had, and for one hour, the time that its worker allowed.
create function public.get_and_lock_next_issue(p_worker_id text)
    returns table (id integer, description text)
    language sql security definer set search_path = longshore, pg_temp
as
$$
select * from public.get_and_lock_next_issue(p_worker_id, interval '1 hour')
$$;

-- What became of a leased issue. Answers its status: 'completed', 'pending' again with backoff, or
-- 'failed' when its attempts are used up.
create function public.report_issue_result(issue_id integer, worker text, success boolean, error text default null)
    returns text
    language plpgsql security definer set search_path = longshore, pg_temp
as
$$
#variable_conflict use_column
declare
    issue public.cape_issues;
    t     longshore.task;
begin
    if success is null then
        raise exception 'Success must be true or false: the result of issue % was not taken.', issue_id
            using errcode = 'invalid_parameter_value';
    end if;
    select * into issue from public.cape_issues i where i.id = issue_id;
    if not found then
        raise exception 'There is no issue %: its result was not taken.', coalesce(issue_id::text, 'null')
            using errcode = 'no_data_found';
    end if;
    select k.* into t from longshore.task k where k.id = issue.task_id for update;
    if not exists (select from longshore.claim c
                   where c.id = t.claim_id and t.state = 'ongoing' and c.worker = report_issue_result.worker
                     and c.worker_run is null and c.lease_until > clock_timestamp()) then
        raise exception 'Worker % holds no lease on issue %: its result was not taken. The issue is %.',
            coalesce(quote_literal(report_issue_result.worker), 'null'), issue_id,
            longshore.issue_status(t.state) || case when t.state = 'ongoing' then ' by ' || quote_literal(t.worker) else '' end
            using errcode = 'object_not_in_prerequisite_state',
                hint = 'A lease ends with its time; the issue is then given to somebody else.';
    end if;
    perform longshore.issue_settle(t.id, success, coalesce(report_issue_result.error, 'Worker ' || t.worker || ' reported a failure.'));
    return (select i.status from public.cape_issues i where i.id = issue_id);
end
$$;

-- Programs that only know the columns --------------------------------------------------------------

-- A row that says something else than its task does was written by a program that only knows the
-- columns: what it means is done to the task, or it is refused, or put back.
create function longshore.issue_written() returns trigger
    language plpgsql security definer set search_path = longshore, pg_temp
as
$$
declare
    t      longshore.task;
    c      longshore.claim;
    leased boolean;
begin
    if new.description is distinct from old.description then
        update longshore.task k set payload = jsonb_set(k.payload, '{description}', to_jsonb(new.description))
        where k.id = new.task_id and k.state = 'pending' and k.payload ->> 'description' is distinct from new.description;
    end if;
    select * into t from longshore.task k where k.id = new.task_id;
    if new.status is not distinct from old.status or new.status = longshore.issue_status(t.state) then
        return null;
    end if;
    if t.id is null or t.state in ('succeeded', 'failed', 'cancelled') then
        if new.status = 'pending' then -- once more, please
            perform longshore.issue_submit(new.id, new.description);
            return null;
        elsif t.id is null then -- history that never had a task
            return null;
        end if;
    else
        -- Never wait here: whoever moves the task waits for this row.
        begin
            select * into t from longshore.task k where k.id = new.task_id for update nowait;
        exception when lock_not_available then
            raise exception 'Issue % is just being moved by somebody else: its status was not changed. Try again.', new.id
                using errcode = 'lock_not_available';
        end;
        select * into c from longshore.claim where id = t.claim_id;
        leased := c.worker_run is null and c.lease_until > clock_timestamp();
        if t.state = 'ongoing' and leased and new.status in ('completed', 'pending') then
            perform longshore.issue_settle(t.id, new.status = 'completed',
                                           'Worker ' || t.worker || ' set the issue to pending again.');
            return null;
        elsif t.state = 'ongoing' and c.worker_run is not null then
            -- The command that a node runs may keep a status of its own; the node decides.
            raise warning 'Issue % is run by %: its status stays ''started'' until the command ends.', new.id, t.worker;
            update public.cape_issues i set status = 'started', assigned_to = t.worker where i.id = new.id;
            return null;
        elsif t.state = 'pending' and new.status = 'started' and coalesce(new.assigned_to, '') ~ '\S' then
            perform longshore.issue_lease(t.id, new.assigned_to, interval '1 hour');
            return null;
        end if;
    end if;
    raise exception 'Issue % is %: its status cannot be set to %. Nothing was changed.', new.id,
        longshore.issue_status(t.state), coalesce(quote_literal(new.status), 'null')
        using errcode = 'object_not_in_prerequisite_state',
            hint = 'The status follows the issue''s task; get_and_lock_next_issue(worker) leases an issue, report_issue_result(…) ends it.';
end
$$;

create trigger longshore_written after update of status, description on public.cape_issues
    for each row when (old.status is distinct from new.status or old.description is distinct from new.description)
    execute function longshore.issue_written();

-- An issue that is deleted needs no work any more.
create function longshore.issue_deleted() returns trigger
    language plpgsql security definer set search_path = longshore, pg_temp
as
$$
declare
    t longshore.task;
begin
    update longshore.task k set state = 'cancelled', ended_at = clock_timestamp(), error = 'The issue was deleted.'
    where k.id = old.task_id and k.state = 'pending' returning * into t;
    if found then
        perform longshore.issue_audit(t, session_user, 'pending', null, 'cancelled', t.error);
    else
        update longshore.task k set cancel_requested = true where k.id = old.task_id and k.state in ('queued', 'ongoing');
    end if;
    return null;
end
$$;

create trigger longshore_deleted after delete on public.cape_issues
    for each row when (old.task_id is not null)
    execute function longshore.issue_deleted();

-- They act with their owner's rights: for those who may update the table, and nobody else.
do
$grants$
declare
    f text;
    r record;
begin
    foreach f in array array ['get_and_lock_next_issue(text, interval)', 'get_and_lock_next_issue(text)',
                              'report_issue_result(integer, text, boolean, text)']
    loop
        execute format('revoke execute on function public.%s from public', f);
        for r in select distinct case a.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end as name
                 from pg_class c, aclexplode(c.relacl) a
                 where c.oid = 'public.cape_issues'::regclass and a.privilege_type = 'UPDATE'
        loop
            execute format('grant execute on function public.%s to %s', f, r.name);
        end loop;
    end loop;
end
$grants$;

-- What an adopted table brought along: pending issues get their tasks, and a worker that is at one
-- keeps it for as long as the original allowed.
do
$tasks$
declare
    i public.cape_issues;
begin
    for i in select * from public.cape_issues where status in ('pending', 'started') order by created_at, id
    loop
        perform longshore.issue_submit(i.id, i.description);
        if i.status = 'started' then
            perform longshore.issue_lease((select task_id from public.cape_issues where id = i.id),
                                          coalesce(i.assigned_to, 'unknown'), interval '1 hour');
        end if;
    end loop;
end
$tasks$;
