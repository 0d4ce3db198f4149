-- The people of the reports that are there now, each once.
select distinct
    person_id,
    report_id,
    role,
    name,
    normalised_name,
    given_name,
    middle_names,
    family_name,
    name_suffix,
    age,
    race,
    email
from v_person
order by person_id;
