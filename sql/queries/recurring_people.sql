-- People who stand in at least two reports, in whatever role: who is one is what `crimeetl link` found.
select
    any_value(resolved_name) as person_name,
    count(distinct report_id) as report_count,
    list_sort(list_distinct(list(role))) as roles,
    list_sort(list_distinct(list(age))) as ages,
    list_sort(list_distinct(list(path))) as paths,
    resolved_person_id
from v_person
where resolved_name is not null
group by resolved_person_id
having count(distinct report_id) > 1
order by
    report_count desc,
    person_name,
    resolved_person_id;
