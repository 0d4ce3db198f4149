-- An answer has as many mentions as it says, numbered from 0.
select
    extraction_id,
    entity_type,
    answer.mention_count as stated_count,
    count(mention.mention_id) as stored_count
from answer
left join mention using (extraction_id, entity_type)
group by
    extraction_id,
    entity_type,
    answer.mention_count
having
    count(mention.mention_id) <> answer.mention_count
    or count(distinct mention.ordinal) <> answer.mention_count
    or max(mention.ordinal) >= answer.mention_count;
