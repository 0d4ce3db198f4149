-- Every value of every current extraction. A report that was read with two schemas has the values of both: choose
-- with schema_name. Public: no column is ever taken away.
create or replace view v_mention as
select
    v_current_extraction.path as path,
    v_current_extraction.document_id as document_id,
    v_current_extraction.report_id as report_id,
    v_current_extraction.run_id as run_id,
    mention.entity_type as entity_type,
    mention.ordinal as ordinal,
    mention.value as value,
    mention.char_start as char_start,
    mention.char_end as char_end,
    mention.normalised as normalised,
    mention.confidence as confidence,
    v_current_extraction.place as place,
    v_current_extraction.schema_name as schema_name,
    mention.mention_id as mention_id,
    mention.is_stated as is_stated,
    report_page.page as page,  -- that the value begins on; NULL in formats without pages
    mention.source as source  -- model, or column: a cell whose heading says what it holds
from v_current_extraction
join mention using (extraction_id)
asof left join report_page
    on
        v_current_extraction.report_id = report_page.report_id
        and mention.char_start >= report_page.char_start;
