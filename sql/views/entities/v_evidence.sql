-- The evidence of the reports that are there now.
create or replace view v_evidence as
select
    v_current_mention.path as path,
    v_current_mention.place as place,
    v_current_mention.document_id as document_id,
    v_current_mention.report_id as report_id,
    v_current_mention.run_id as run_id,
    evidence.evidence_id as evidence_id,
    evidence.ordinal as ordinal,
    evidence.description as description,
    mention_id
from evidence
join v_current_mention using (extraction_id, mention_id);
