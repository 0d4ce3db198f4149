-- The reports of each path's newest version: one row per path and place in the file.
create or replace view v_current_report as
with newest_version as (
    select
        path,
        document_id
    from document_version
    qualify row_number() over (partition by path order by run_id desc, seen_at desc) = 1
)

select
    newest_version.path as path,
    report.place as place,
    newest_version.document_id as document_id,
    report.report_id as report_id
from newest_version
join report using (document_id)
qualify row_number() over (partition by path, place order by report.run_id desc, report.report_id desc) = 1;
