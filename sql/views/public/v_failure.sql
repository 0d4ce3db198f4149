-- What still fails: for each path and place the newest failure, unless a later run read that path anew (when the
-- whole file had failed or its content has changed since), got answers for that place or found the path missing.
create or replace view v_failure as
select
    document_failure.path as path,
    document_failure.place as place,
    document_failure.stage as stage,
    document_failure.error as error,
    document_failure.message as message,
    document_failure.failed_at as failed_at,
    document_failure.run_id as run_id
from document_failure
where
    not exists (
        select 1
        from document_version
        where
            document_version.path = document_failure.path
            and document_version.run_id > document_failure.run_id
    )
    and not exists (
        select 1
        from v_current_extraction
        where
            v_current_extraction.path = document_failure.path
            and v_current_extraction.place = document_failure.place
            and v_current_extraction.run_id > document_failure.run_id
    )
    and not exists (
        select 1
        from document_missing
        where
            document_missing.path = document_failure.path
            and document_missing.run_id > document_failure.run_id
    )
qualify
    row_number() over (
        partition by document_failure.path, document_failure.place
        order by document_failure.run_id desc, document_failure.failed_at desc
    ) = 1;
