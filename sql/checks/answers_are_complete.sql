-- An extraction has one answer for each type of its schema, and no other. Where the model was not asked, for a table's
-- row has no prose, it has those that columns give. An answer without a presence is a column's.
select
    coalesce(asked.extraction_id, answer.extraction_id) as extraction_id,
    coalesce(asked.entity_type, answer.entity_type) as entity_type,
    count(answer.extraction_id) as answer_count
from (
    select
        extraction.extraction_id as extraction_id,
        entity_type.entity_type as entity_type,
        extraction.report_tokens > 0 as is_asked
    from extraction
    join entity_type using (schema_digest)
) as asked
full join answer
    on
        asked.extraction_id = answer.extraction_id
        and asked.entity_type = answer.entity_type
group by
    asked.extraction_id,
    asked.entity_type,
    asked.is_asked,
    answer.extraction_id,
    answer.entity_type
having
    count(answer.extraction_id) > 1
    or count(asked.extraction_id) = 0
    or (asked.is_asked and count(answer.extraction_id) = 0)
union all by name
select
    extraction_id,
    entity_type,
    1 as answer_count
from mention
join answer using (extraction_id, entity_type)
where
    mention.source <> 'review'
    and (mention.source = 'column') <> (answer.presence is null);
