-- The vehicles of the reports that are there now.
create or replace view v_vehicle as
select
    v_current_mention.path as path,
    v_current_mention.place as place,
    v_current_mention.document_id as document_id,
    v_current_mention.report_id as report_id,
    v_current_mention.run_id as run_id,
    vehicle.vehicle_id as vehicle_id,
    vehicle.ordinal as ordinal,
    vehicle.description as description,
    mention_id
from vehicle
join v_current_mention using (extraction_id, mention_id);
