-- How many reports each officer appears in, the busiest first.
select
    any_value(normalised_name order by path, ordinal) as officer_name,
    list_sort(list_distinct(list(badge_number))) as badge_numbers,
    count(distinct report_id) as report_count
from v_officer
where normalised_name is not null
group by lower(normalised_name)
order by
    report_count desc,
    officer_name;
