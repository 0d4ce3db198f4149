-- Offsets come in pairs and lie inside the report; only a choice value has none.
select
    mention.mention_id as mention_id,
    mention.entity_type as entity_type,
    mention.char_start as char_start,
    mention.char_end as char_end,
    length(report.text) as text_chars
from mention
join extraction using (extraction_id)
join report using (report_id)
left join entity_type using (schema_digest, entity_type)
where
    (mention.char_start is null) <> (mention.char_end is null)
    or mention.char_end > length(report.text)
    or (mention.char_start is null and entity_type.kind is distinct from 'choice');
