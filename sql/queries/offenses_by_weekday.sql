-- How many crimes happened on each day of the week, from Monday, of those whose day is stated.
select
    isodow(occurred_on) as weekday_number,
    any_value(dayname(occurred_on)) as weekday,
    count(distinct (report_id, ordinal)) as offense_count
from v_offense
where occurred_on is not null
group by weekday_number
order by weekday_number;
