-- The places of the reports that are there now.
create or replace view v_location as
with mentioned as (
    select
        v_current_mention.path as path,
        v_current_mention.place as place,
        v_current_mention.document_id as document_id,
        v_current_mention.report_id as report_id,
        v_current_mention.run_id as run_id,
        location.location_id as location_id,
        location.ordinal as ordinal,
        location.address as address,
        location.city as city,
        location.house_number as house_number,
        location.street as street,
        location.unit as unit,
        location.block as block,
        location.crossing as crossing,
        location.landmark as landmark,
        location.parsed_city as parsed_city,
        location.state as state,
        location.postal_code as postal_code,
        location.other_mention_ids as other_mention_ids,
        mention_id,
        coalesce(v_resolved_entity.resolved_id, location.location_id) as resolved_location_id  -- which it is
    from location
    join v_current_mention using (extraction_id, mention_id)
    left join v_resolved_entity on location.location_id = v_resolved_entity.entity_id
)

select
    *,
    first_value(address ignore nulls) over same_location as resolved_address,  -- in full
    count(distinct report_id) over (partition by resolved_location_id) as report_count  -- reports that it stands in
from mentioned
window same_location as (
    partition by resolved_location_id
    order by
        length(address) desc,
        address
    rows between unbounded preceding and unbounded following
);
