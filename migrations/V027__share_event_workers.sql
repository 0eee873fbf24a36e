-- Nodes come to a like number of event workers: one that has two fewer than another asks for some of the
-- other's, and the other hands them over, each behind its chunk. Only a node that has a worker's class asks.
alter table longshore.event_worker
    add column asked_by  text,   -- the node that is to have it, while another runs it
    add column asked_run bigint; -- and which life of it
