-- It deletes with its owner's rights, and every function is everybody's at first: whoever was granted the
-- schema to append could have emptied the log. Nodes have made it, and call it as its owner.
revoke execute on function longshore.retain_messages(interval, int) from public;
