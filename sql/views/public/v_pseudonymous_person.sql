-- The people and officers of the reports that are there now, without what tells who they are: a name is a pseudonym, the
-- same for every spelling that normalises alike, and the same as in v_pseudonymous_mention.
create or replace view v_pseudonymous_person as
with everyone as (
    select
        document_id,
        report_id,
        run_id,
        person_id,
        role,
        ordinal,
        coalesce(normalised_name, name) as known_name,
        age,
        age_range,
        race,
        resolved_person_id
    from v_person
    union all by name
    select
        document_id,
        report_id,
        run_id,
        officer_id as person_id,
        'officer' as role,
        ordinal,
        coalesce(normalised_name, name) as known_name,
        resolved_officer_id as resolved_person_id
    from v_officer
)

select
    everyone.document_id as document_id,
    everyone.report_id as report_id,
    everyone.run_id as run_id,
    everyone.person_id as person_id,
    everyone.role as role,
    everyone.ordinal as ordinal,
    'person-' || left(sha256(concat(pseudonym_secret.secret, lower(known_name))), 12) as pseudonym,
    everyone.age as age,
    everyone.age_range as age_range,
    everyone.race as race,
    everyone.resolved_person_id as resolved_person_id
from everyone
cross join pseudonym_secret;
