-- How many attempts of a task in a row have ended with PostgreSQL going away while it was at work: an outage costs
-- no attempt, but a task that has one each time is taken for its cause in the end (engine/settle/Settlement).
alter table longshore.task add column outages int not null default 0;
