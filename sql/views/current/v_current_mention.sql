-- The values of current questions, with the report that each stands in: what every view of entities is tied to.
create or replace view v_current_mention as
select
    v_current_question.path as path,
    v_current_question.place as place,
    v_current_question.document_id as document_id,
    v_current_question.report_id as report_id,
    v_current_question.run_id as run_id,
    extraction_id,
    mention.mention_id as mention_id
from mention
join v_current_question using (extraction_id, entity_type);
