-- Where a person has looked at a question about a report that is there now, the person's answer is the one that counts.
with newest_review as (
    select *
    from extraction
    where model_digest = 'review'
    qualify
        row_number() over (
            partition by report_id, schema_digest
            order by extracted_at desc, extraction_id desc
        ) = 1
)

select
    v_current_question.path as path,
    v_current_question.place as place,
    v_current_question.entity_type as entity_type
from newest_review
join answer using (extraction_id)
join v_current_question
    on
        newest_review.report_id = v_current_question.report_id
        and answer.entity_type = v_current_question.entity_type
where
    answer.is_reviewed
    and not v_current_question.is_reviewed;
