-- The answers to each report and schema as people left them last.
create or replace view v_current_review as
select *
from extraction
where model_digest = 'review'
qualify
    row_number() over (
        partition by report_id, schema_digest
        order by extracted_at desc, extraction_id desc
    ) = 1;
