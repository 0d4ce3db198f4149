-- How many crimes happened in each hour of the day, of those whose time is stated.
select
    hour(occurred_at) as hour_of_day,
    count(distinct (report_id, ordinal)) as offense_count,
    list_sort(list_distinct(list(normalised_type))) as offense_types
from v_offense
where occurred_at is not null
group by hour_of_day
order by hour_of_day;
