-- The police officers of the reports that are there now.
create or replace view v_officer as
select
    v_current_question.path as path,
    v_current_question.place as place,
    v_current_question.document_id as document_id,
    v_current_question.report_id as report_id,
    v_current_question.run_id as run_id,
    officer.officer_id as officer_id,
    officer.ordinal as ordinal,
    officer.name as name,
    officer.normalised_name as normalised_name,
    officer.given_name as given_name,
    officer.middle_names as middle_names,
    officer.family_name as family_name,
    officer.name_suffix as name_suffix,
    officer.badge_number as badge_number,
    officer.other_mention_ids as other_mention_ids,
    mention_id
from officer
join mention using (extraction_id, mention_id)
join v_current_question using (extraction_id, entity_type);
