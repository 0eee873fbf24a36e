-- The posts of the summary worker's example.
create table longshore.post (
    id            bigint generated always as identity primary key,
    title         text        not null,
    text          text        not null,
    status        text        not null default 'pending' check (status in ('pending', 'summarized', 'failed')),
    summary       text,
    error         text, -- why there is no summary and will be none
    created_at    timestamptz not null default clock_timestamp(),
    summarized_at timestamptz
);
