-- Reports of one split stand in their document one after another. The pages of a report begin inside it, one after
-- another, and the first of them is the one that it begins on. Its lines stand inside it and on a page.
with split_report as (
    select
        document_id,
        run_id,
        unnest(report_ids) as report_id
    from document_split
),

placed_report as (
    select
        document_id,
        report_id,
        report.document_char_start as char_start,
        lag(report.document_char_start) over (
            partition by split_report.document_id, split_report.run_id
            order by report.place
        ) as previous_start,
        report.place is not null as is_stored
    from split_report
    left join report using (document_id, report_id)
),

placed_page as (
    select
        report_id,
        report_page.page as number,
        report_page.char_start as char_start,
        report.page as first_number,
        length(report.text) as text_chars,
        lag(report_page.char_start) over (partition by report_id order by report_page.page) as previous_start,
        row_number() over (partition by report_id order by report_page.page) as ordinal
    from report_page
    left join report using (report_id)
)

select
    'document_split' as table_name,
    report_id as id
from placed_report
where
    not is_stored
    or char_start <= previous_start
union all by name
select
    'report_page' as table_name,
    report_id as id
from placed_page
where
    text_chars is null
    or char_start > text_chars
    or char_start <= previous_start
    or number is distinct from first_number + ordinal - 1
    or (ordinal = 1 and char_start <> 0)
union all by name
select
    'report_line' as table_name,
    report_id as id
from report_line
left join report using (report_id)
where
    report.text is null
    or report_line.char_end > length(report.text)
    or report_line.right_points < report_line.left_points
    or report_line.bottom_points < report_line.top_points;
