-- Every row that names a run names a stored one.
select
    named.table_name as table_name,
    run_id
from (
    select
        'document' as table_name,
        run_id
    from document
    union all
    select
        'document_version' as table_name,
        run_id
    from document_version
    union all
    select
        'report' as table_name,
        run_id
    from report
    union all
    select
        'document_failure' as table_name,
        run_id
    from document_failure
    union all
    select
        'document_missing' as table_name,
        run_id
    from document_missing
) as named
anti join run using (run_id);
