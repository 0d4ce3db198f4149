-- How suspects are described in the reports that are there now.
create or replace view v_suspect as
select
    v_current_question.path as path,
    v_current_question.place as place,
    v_current_question.document_id as document_id,
    v_current_question.report_id as report_id,
    v_current_question.run_id as run_id,
    suspect.suspect_id as suspect_id,
    suspect.ordinal as ordinal,
    suspect.description as description,
    mention_id
from suspect
join mention using (extraction_id, mention_id)
join v_current_question using (extraction_id, entity_type);
