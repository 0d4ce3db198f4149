-- Every report and every version of a path has its document.
select
    'report' as table_name,
    report_id as id,
    document_id
from report
anti join document using (document_id)
union all by name
select
    'document_version' as table_name,
    path as id,
    document_id
from document_version
anti join document using (document_id);
