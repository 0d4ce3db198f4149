-- Typed columns of offenses and locations hold what their meaning allows.
select
    'offense' as table_name,
    offense_id as id
from offense
left join nibrs_offense using (nibrs_code)
where
    (offense.nibrs_code is not null and nibrs_offense.name is null)
    or occurred_from > occurred_until
    or (occurred_from is null) <> (occurred_until is null)
    or (occurred_from is null) <> (occurred_precision is null)
    or (occurred_from is null) <> (is_approximate is null)
    or occurred_precision not in ('minute', 'minutes', 'day', 'days', 'month')
union all
select
    'location' as table_name,
    location_id as id
from location
where
    (street is null and coalesce(house_number, unit, crossing, landmark, parsed_city, state, postal_code) is not null)
    or (block is not null and street is null)
    or block < 0;
