-- Of the messages with these ids, as many as fit into so many bytes of text, oldest first, and the one that
-- goes beyond; total is how many bytes they come to with that one. A page by number alone may be anything:
-- 500 messages of a megabyte are more than a node has memory. A loop, since what is not asked for is not
-- fetched from where PostgreSQL keeps large values, nor unpacked.
create function longshore.messages_that_fit(ids bigint[], bytes bigint)
    returns table (id bigint, name text, payload text, metadata text, created_at timestamptz, total bigint)
    language plpgsql stable rows 500
as
$$
declare
    m longshore.message;
begin
    total := 0;
    for m in select * from longshore.message o where o.id = any (ids) order by o.id loop
        id := m.id;
        name := m.name;
        payload := m.payload::text;
        metadata := m.metadata::text;
        created_at := m.created_at;
        total := total + octet_length(payload) + octet_length(metadata);
        return next;
        exit when total >= bytes;
    end loop;
end
$$;
