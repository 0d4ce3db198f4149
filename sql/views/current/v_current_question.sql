-- For each path, place in the file and entity type, the newest current extraction that asked for the type. Where a
-- report was read with several schemas, this keeps their answers to one question from standing side by side.
create or replace view v_current_question as
select
    v_current_extraction.path as path,
    v_current_extraction.place as place,
    v_current_extraction.document_id as document_id,
    v_current_extraction.report_id as report_id,
    v_current_extraction.run_id as run_id,
    extraction_id,
    answer.entity_type as entity_type,
    answer.mention_count as mention_count,
    answer.presence as presence,
    answer.is_cut as is_cut
from v_current_extraction
join answer using (extraction_id)
qualify row_number() over (partition by path, place, entity_type order by run_id desc, extraction_id desc) = 1;
