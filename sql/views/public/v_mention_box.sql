-- Where on a page every value stands: a row for each stretch of a line that it covers. Points, from the page's upper left
-- corner as it is shown; within a stretch, characters count as equally wide. Values of formats without pages have none.
create or replace view v_mention_box as
select
    v_mention.path as path,
    v_mention.place as place,
    v_mention.report_id as report_id,
    v_mention.schema_name as schema_name,
    v_mention.mention_id as mention_id,
    v_mention.entity_type as entity_type,
    v_mention.ordinal as ordinal,
    v_mention.value as value,
    report_line.page as page,
    report_line.left_points
    + (report_line.right_points - report_line.left_points)
    * (greatest(v_mention.char_start, report_line.char_start) - report_line.char_start)
    / (report_line.char_end - report_line.char_start) as left_points,
    report_line.top_points as top_points,
    report_line.left_points
    + (report_line.right_points - report_line.left_points)
    * (least(v_mention.char_end, report_line.char_end) - report_line.char_start)
    / (report_line.char_end - report_line.char_start) as right_points,
    report_line.bottom_points as bottom_points
from v_mention
join report_line
    on
        v_mention.report_id = report_line.report_id
        and v_mention.char_start < report_line.char_end
        and v_mention.char_end > report_line.char_start;
