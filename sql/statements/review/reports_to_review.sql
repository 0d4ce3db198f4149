-- The reports that are there now and have answers: how many values each has, and how sure the least sure of its answers
-- is. Of a report read with several schemas each question counts once.
with value_of_answer as (
    select
        extraction_id,
        entity_type,
        count(*) filter (where is_stated) as value_count,
        min(confidence) filter (where source = 'model') as least_confidence
    from mention
    group by
        extraction_id,
        entity_type
)

select
    v_current_question.report_id as report_id,
    min(v_current_question.path) as path,
    arg_min(v_current_question.place, v_current_question.path) as place,
    coalesce(sum(value_of_answer.value_count), 0)::bigint as value_count,
    min(
        case
            when v_current_question.is_reviewed then 1
            when v_current_question.mention_count = 0 then 1 - v_current_question.presence
            else value_of_answer.least_confidence
        end
    ) as least_sure,
    list(distinct v_current_question.entity_type) filter (where value_of_answer.value_count > 0) as entity_types,
    hash(v_current_question.report_id) as chance
from v_current_question
left join value_of_answer using (extraction_id, entity_type)
group by v_current_question.report_id;
