-- An extraction has one answer for each type of its schema, and no other.
select
    coalesce(asked.extraction_id, answer.extraction_id) as extraction_id,
    coalesce(asked.entity_type, answer.entity_type) as entity_type,
    count(answer.extraction_id) as answer_count
from (
    select
        extraction.extraction_id as extraction_id,
        entity_type.entity_type as entity_type
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
    answer.extraction_id,
    answer.entity_type
having
    count(answer.extraction_id) <> 1
    or count(asked.extraction_id) = 0;
