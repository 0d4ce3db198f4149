-- The places that stand in most reports.
select
    any_value(address order by path, ordinal) as address,
    any_value(city order by path, ordinal) as city,
    count(distinct report_id) as report_count
from v_location
where address is not null
group by
    lower(address),
    lower(city)
order by
    report_count desc,
    address
limit 50;
