-- What each path holds: its newest version, unless the path was found missing since.
create or replace view v_current_document as
with newest_version as (
    select *
    from document_version
    qualify row_number() over (partition by path order by run_id desc, seen_at desc) = 1
)

select
    newest_version.path as path,
    newest_version.document_id as document_id,
    newest_version.run_id as run_id,
    newest_version.seen_at as seen_at
from newest_version
where
    not exists (
        select 1
        from document_missing
        where
            document_missing.path = newest_version.path
            and document_missing.run_id >= newest_version.run_id
    );
