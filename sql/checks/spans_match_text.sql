-- A copied value is, character for character, what stands in its report at its offsets.
select
    mention.mention_id as mention_id,
    mention.value as value,
    mention.char_start as char_start,
    mention.char_end as char_end,
    substring(report.text, mention.char_start + 1, mention.char_end - mention.char_start) as text_there
from mention
join extraction using (extraction_id)
join report using (report_id)
where
    mention.char_start is not null
    and substring(report.text, mention.char_start + 1, mention.char_end - mention.char_start)
    is distinct from mention.value;
