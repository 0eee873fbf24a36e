-- What the triggers on tasks write and lock is theirs: a program needs rights on longshore.task to submit
-- with a plain insert, and none on the tables behind it (as in V005).
alter function longshore.count_added() security definer set search_path = longshore, pg_temp;
alter function longshore.count_removed() security definer set search_path = longshore, pg_temp;
alter function longshore.count_regrouped() security definer set search_path = longshore, pg_temp;
alter function longshore.count_none() security definer set search_path = longshore, pg_temp;
