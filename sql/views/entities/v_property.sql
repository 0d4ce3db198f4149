-- What was stolen according to the reports that are there now.
create or replace view v_property as
select
    v_current_mention.path as path,
    v_current_mention.place as place,
    v_current_mention.document_id as document_id,
    v_current_mention.report_id as report_id,
    v_current_mention.run_id as run_id,
    property.property_id as property_id,
    property.ordinal as ordinal,
    property.description as description,
    mention_id
from property
join v_current_mention using (extraction_id, mention_id);
