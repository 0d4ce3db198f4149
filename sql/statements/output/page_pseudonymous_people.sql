-- People who stand in at least two reports, under their pseudonyms.
select
    min(pseudonym) as person_name,
    count(distinct report_id) as report_count,
    list_sort(list_distinct(list(role))) as roles
from v_pseudonymous_person
where
    role <> 'officer'
    and pseudonym is not null
group by resolved_person_id
having count(distinct report_id) > 1
order by
    report_count desc,
    person_name;
