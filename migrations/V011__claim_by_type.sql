-- A claim asks for each of its types and priorities in turn: one short range of the index each, which
-- ends at what is not yet due. By priority alone it read its way past every due task of the other lane
-- and every delayed one (660 ms beside a million pending quick tasks and 300,000 delayed ones; 0.1 ms so).
drop index longshore.task_due;
create index task_due on longshore.task (type, priority, run_at, id) include (queue) where state = 'pending';
