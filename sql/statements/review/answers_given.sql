-- The answers of one extraction, a row a value; a question that found none has one row without.
select
    answer.entity_type as entity_type,
    answer.presence as presence,
    answer.is_cut as is_cut,
    mention.mention_id as mention_id,
    mention.value as value,
    mention.char_start as char_start,
    mention.char_end as char_end,
    mention.confidence as confidence,
    mention.source as source,
    mention.normalised as normalised
from answer
left join mention using (extraction_id, entity_type)
where extraction_id = $extraction_id
order by
    answer.entity_type,
    mention.ordinal;
