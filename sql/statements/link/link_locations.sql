-- The places of the reports that are there now, each once.
select distinct
    location_id,
    report_id,
    address,
    house_number,
    street,
    block,
    crossing,
    coalesce(parsed_city, city) as city,
    state
from v_location
order by location_id;
