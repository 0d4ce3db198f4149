-- The places of the reports that are there now.
create or replace view v_location as
select
    v_current_question.path as path,
    v_current_question.place as place,
    v_current_question.document_id as document_id,
    v_current_question.report_id as report_id,
    v_current_question.run_id as run_id,
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
    mention_id
from location
join mention using (extraction_id, mention_id)
join v_current_question using (extraction_id, entity_type);
