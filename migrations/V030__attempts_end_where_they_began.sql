-- An attempt's row is inserted when it begins and updated once, when it ends. On full pages 95 % of those
-- updates went to another page, with a second entry in the primary key; where half of a page is left
-- free they stay on it, and a vacuum need not walk the index for them.
alter table longshore.attempt set (fillfactor = 50);
