-- The people of the reports that are there now.
create or replace view v_person as
select
    v_current_question.path as path,
    v_current_question.place as place,
    v_current_question.document_id as document_id,
    v_current_question.report_id as report_id,
    v_current_question.run_id as run_id,
    person.person_id as person_id,
    person.role as role,
    person.ordinal as ordinal,
    person.name as name,
    person.normalised_name as normalised_name,
    person.given_name as given_name,
    person.middle_names as middle_names,
    person.family_name as family_name,
    person.name_suffix as name_suffix,
    person.age as age,
    person.age_range as age_range,
    person.race as race,
    person.email as email,
    person.other_mention_ids as other_mention_ids,
    mention_id
from person
join mention using (extraction_id, mention_id)
join v_current_question using (extraction_id, entity_type);
