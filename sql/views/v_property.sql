-- What was stolen according to the reports that are there now.
create or replace view v_property as
select
    v_current_question.path as path,
    v_current_question.place as place,
    v_current_question.document_id as document_id,
    v_current_question.report_id as report_id,
    v_current_question.run_id as run_id,
    property.property_id as property_id,
    property.ordinal as ordinal,
    property.description as description,
    mention_id
from property
join mention using (extraction_id, mention_id)
join v_current_question using (extraction_id, entity_type);
