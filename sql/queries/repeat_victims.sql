-- Victims who are named in more than one report; equal names need not be one person.
select
    any_value(normalised_name order by path, ordinal) as victim_name,
    count(distinct report_id) as report_count,
    list_sort(list_distinct(list(age))) as ages,
    list_sort(list_distinct(list(path))) as paths
from v_person
where
    role = 'victim'
    and normalised_name is not null
group by lower(normalised_name)
having count(distinct report_id) > 1
order by
    report_count desc,
    victim_name;
