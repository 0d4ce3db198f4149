-- How many crimes of each type happened in each month.
select
    coalesce(normalised_type, 'not stated') as offense_type,
    strftime(occurred_on, '%Y-%m') as occurred_in,
    count(distinct (report_id, ordinal)) as offense_count
from v_offense
group by
    offense_type,
    occurred_in
order by
    occurred_in desc nulls last,
    offense_count desc,
    offense_type;
