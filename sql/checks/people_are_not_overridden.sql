-- Where a person has looked at a question about a report that is there now, the person's answer is the one that counts.
select
    v_current_question.path as path,
    v_current_question.place as place,
    v_current_question.entity_type as entity_type
from v_current_review
join answer using (extraction_id)
join v_current_question
    on
        v_current_review.report_id = v_current_question.report_id
        and answer.entity_type = v_current_question.entity_type
where
    answer.is_reviewed
    and not v_current_question.is_reviewed;
