-- How many crimes of each type there are, the most frequent first.
select
    coalesce(normalised_type, 'not stated') as offense_type,
    count(distinct (report_id, ordinal)) as offense_count,
    count(distinct report_id) as report_count
from v_offense
group by offense_type
order by
    offense_count desc,
    offense_type;
