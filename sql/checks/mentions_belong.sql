-- Every mention belongs to an answer of a stored extraction.
select
    mention.mention_id as mention_id,
    extraction_id,
    entity_type
from mention
left join extraction using (extraction_id)
left join answer using (extraction_id, entity_type)
where
    extraction.run_id is null
    or answer.mention_count is null;
