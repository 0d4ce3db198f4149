-- Every value of every current extraction, as people have corrected it. A report that was read with two schemas has the values of both: choose
-- with schema_name. Public: no column is ever taken away.
create or replace view v_mention as
select
    v_current_answer.path as path,
    v_current_answer.document_id as document_id,
    v_current_answer.report_id as report_id,
    v_current_answer.run_id as run_id,
    mention.entity_type as entity_type,
    mention.ordinal as ordinal,
    mention.value as value,
    mention.char_start as char_start,
    mention.char_end as char_end,
    mention.normalised as normalised,
    mention.confidence as confidence,
    v_current_answer.place as place,
    v_current_answer.schema_name as schema_name,
    mention.mention_id as mention_id,
    mention.is_stated as is_stated,
    report_page.page as page,  -- that the value begins on; NULL in formats without pages
    mention.source as source  -- model; column: a cell whose heading says what it holds; review: a person
from v_current_answer
join mention using (extraction_id, entity_type)
asof left join report_page
    on
        v_current_answer.report_id = report_page.report_id
        and mention.char_start >= report_page.char_start;
