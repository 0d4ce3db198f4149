-- Which evidence was collected for each type of crime, the most frequent first.
select
    coalesce(v_offense.normalised_type, 'not stated') as offense_type,
    lower(v_evidence.description) as evidence,
    count(distinct v_evidence.report_id) as report_count
from v_evidence
left join v_offense using (path, place)
group by
    offense_type,
    evidence
order by
    report_count desc,
    offense_type,
    evidence;
