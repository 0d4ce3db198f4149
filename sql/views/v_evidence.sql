-- The evidence of the reports that are there now.
create or replace view v_evidence as
select
    v_current_question.path as path,
    v_current_question.place as place,
    v_current_question.document_id as document_id,
    v_current_question.report_id as report_id,
    v_current_question.run_id as run_id,
    evidence.evidence_id as evidence_id,
    evidence.ordinal as ordinal,
    evidence.description as description,
    mention_id
from evidence
join mention using (extraction_id, mention_id)
join v_current_question using (extraction_id, entity_type);
