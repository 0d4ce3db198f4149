-- The streets that stand in most reports, without house numbers and names of places: what exports under pseudonyms hold.
select
    concat_ws(', ', concat_ws(' block of ', block, street), crossing, city) as address,
    count(distinct report_id) as report_count
from v_location
where coalesce(street, city) is not null
group by all
order by
    report_count desc,
    address
limit 50;
