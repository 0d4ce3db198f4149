-- For each path, place in the file and schema name, the newest extraction by a model of the report that is there now.
create or replace view v_current_extraction as
select
    v_current_report.path as path,
    v_current_report.place as place,
    v_current_report.document_id as document_id,
    report_id,
    extraction.run_id as run_id,
    extraction.extraction_id as extraction_id,
    entity_schema.name as schema_name,
    extraction.model_digest as model_digest,
    extraction.extracted_at as extracted_at,
    extraction.report_tokens as report_tokens,
    extraction.answer_tokens as answer_tokens,
    extraction.window_count as window_count
from v_current_report
join extraction using (report_id)
join entity_schema using (schema_digest)
where extraction.model_digest <> 'review'
qualify row_number() over (partition by path, place, schema_name order by run_id desc, extraction_id desc) = 1;
