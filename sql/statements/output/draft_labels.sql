-- The current answers to some questions, a row a report and type, in the order of the folder.
select
    report.report_id as report_id,
    v_current_question.path as path,
    v_current_question.place as place,
    report.text as text,
    v_current_question.entity_type as entity_type,
    coalesce(list(mention.value order by mention.ordinal) filter (where mention.value is not null), []) as entity_values
from v_current_question
join report
    on
        v_current_question.report_id = report.report_id
        and v_current_question.document_id = report.document_id
left join mention
    on
        v_current_question.extraction_id = mention.extraction_id
        and v_current_question.entity_type = mention.entity_type
where list_contains($entity_types, v_current_question.entity_type)
group by all
order by
    v_current_question.path,
    v_current_question.place;
