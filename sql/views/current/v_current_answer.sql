-- The answers that count: of each current extraction, and in place of its own those that a person has looked at, whatever
-- schema they were shown with.
create or replace view v_current_answer as
with reviewed as (
    select
        v_current_review.report_id as report_id,
        v_current_review.run_id as run_id,
        v_current_review.extraction_id as extraction_id,
        v_current_review.schema_digest as schema_digest,
        answer.entity_type as entity_type,
        answer.mention_count as mention_count,
        answer.presence as presence,
        answer.is_cut as is_cut
    from v_current_review
    join answer using (extraction_id)
    where answer.is_reviewed
    qualify
        row_number() over (
            partition by v_current_review.report_id, answer.entity_type
            order by v_current_review.extracted_at desc, v_current_review.extraction_id desc
        ) = 1
)

select
    v_current_extraction.path as path,
    v_current_extraction.place as place,
    v_current_extraction.document_id as document_id,
    v_current_extraction.report_id as report_id,
    v_current_extraction.schema_name as schema_name,
    if(reviewed.extraction_id is null, v_current_extraction.run_id, reviewed.run_id) as run_id,
    coalesce(reviewed.extraction_id, v_current_extraction.extraction_id) as extraction_id,
    answer.entity_type as entity_type,
    coalesce(reviewed.mention_count, answer.mention_count) as mention_count,
    if(reviewed.extraction_id is null, answer.presence, reviewed.presence) as presence,
    coalesce(reviewed.is_cut, answer.is_cut) as is_cut,
    reviewed.extraction_id is not null as is_reviewed
from v_current_extraction
join answer using (extraction_id)
left join reviewed
    on
        v_current_extraction.report_id = reviewed.report_id
        and answer.entity_type = reviewed.entity_type

union all by name

-- What a person said of a question that the model was not asked.
select
    v_current_extraction.path as path,
    v_current_extraction.place as place,
    v_current_extraction.document_id as document_id,
    v_current_extraction.report_id as report_id,
    v_current_extraction.schema_name as schema_name,
    reviewed.run_id as run_id,
    reviewed.extraction_id as extraction_id,
    reviewed.entity_type as entity_type,
    reviewed.mention_count as mention_count,
    reviewed.presence as presence,
    reviewed.is_cut as is_cut,
    true as is_reviewed
from reviewed
join entity_schema using (schema_digest)
join v_current_extraction
    on
        reviewed.report_id = v_current_extraction.report_id
        and entity_schema.name = v_current_extraction.schema_name
anti join answer
    on
        v_current_extraction.extraction_id = answer.extraction_id
        and reviewed.entity_type = answer.entity_type;
