-- For each type, the share of reports that say nothing of it.
with answered as (
    select
        v_current_question.entity_type as entity_type,
        v_current_question.report_id as report_id,
        coalesce(bool_or(mention.is_stated), false) as is_stated
    from v_current_question
    left join mention using (extraction_id, entity_type)
    group by
        v_current_question.entity_type,
        v_current_question.report_id
)

select
    entity_type,
    count(*) as report_count,
    count(*) filter (where not is_stated) as not_stated_count,
    round(not_stated_count / report_count, 3) as not_stated_ratio
from answered
group by entity_type
order by
    not_stated_ratio desc,
    entity_type;
