-- For each path, place in the file and entity type, the answer that counts: a person's, else that of the newest current
-- extraction that asked for the type. Where a report was read with several schemas, this keeps their answers to one
-- question from standing side by side.
create or replace view v_current_question as
select
    path,
    place,
    document_id,
    report_id,
    run_id,
    extraction_id,
    entity_type,
    mention_count,
    presence,
    is_cut,
    is_reviewed
from v_current_answer
qualify
    row_number() over (
        partition by path, place, entity_type
        order by is_reviewed desc, run_id desc, extraction_id desc
    ) = 1;
