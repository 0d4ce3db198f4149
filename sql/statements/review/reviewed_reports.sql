-- The reports that are there now of which somebody said something, each once, in the order of the folder.
select
    report_id,
    min(path) as path,
    arg_min(place, path) as place
from v_current_report
semi join review using (report_id)
group by report_id
order by
    path,
    place;
