-- Paths that `crimeetl ingest --prune` found gone: the views no longer show what they held. One that comes back has a
-- new row in `document_version`, which ends it.
create table document_missing (
    path varchar not null,
    run_id varchar not null,
    missing_at timestamp not null
);
