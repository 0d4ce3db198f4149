-- How many crimes happened in each month, of those whose day is stated.
select
    strftime(occurred_on, '%Y-%m') as occurred_in,
    count(distinct (report_id, ordinal)) as offense_count
from v_offense
where occurred_on is not null
group by occurred_in
order by occurred_in;
