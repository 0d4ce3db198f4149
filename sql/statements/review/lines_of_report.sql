-- The lines of a report that stand on a page.
select
    char_start,
    char_end,
    page,
    left_points,
    top_points,
    right_points,
    bottom_points
from report_line
where report_id = $report_id
order by char_start;
