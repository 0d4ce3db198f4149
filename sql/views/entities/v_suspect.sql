-- How suspects are described in the reports that are there now.
create or replace view v_suspect as
select
    v_current_mention.path as path,
    v_current_mention.place as place,
    v_current_mention.document_id as document_id,
    v_current_mention.report_id as report_id,
    v_current_mention.run_id as run_id,
    suspect.suspect_id as suspect_id,
    suspect.ordinal as ordinal,
    suspect.description as description,
    mention_id
from suspect
join v_current_mention using (extraction_id, mention_id);
