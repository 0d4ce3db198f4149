-- The reports of each path's newest version, as it was split last: one row per path and place in the file.
create or replace view v_current_report as
with newest_split as (
    select
        document_id,
        report_ids
    from document_split
    qualify row_number() over (partition by document_id order by run_id desc) = 1
),

newest_report as (
    select
        document_id,
        unnest(report_ids) as report_id
    from newest_split
)

select
    v_current_document.path as path,
    report.place as place,
    v_current_document.document_id as document_id,
    report.report_id as report_id,
    report.page as page,
    report.document_char_start as document_char_start
from v_current_document
join newest_report using (document_id)
join report using (document_id, report_id);
