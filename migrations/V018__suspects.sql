-- Tasks that may take their node down with them.

-- The task of a shared claim that its node began last, noted when the claim holds one that was lost
-- before: when the node goes, the others are not blamed. Null: not noted.
alter table longshore.claim add column at_task bigint;

-- Unfinished tasks that were lost: few, at any time.
create index task_suspect on longshore.task (losses, id) where losses > 0 and state in ('pending', 'queued', 'ongoing');
