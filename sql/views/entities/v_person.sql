-- The people of the reports that are there now.
create or replace view v_person as
with mentioned as (
    select
        v_current_mention.path as path,
        v_current_mention.place as place,
        v_current_mention.document_id as document_id,
        v_current_mention.report_id as report_id,
        v_current_mention.run_id as run_id,
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
        mention_id,
        coalesce(v_resolved_entity.resolved_id, person.person_id) as resolved_person_id  -- who it is
    from person
    join v_current_mention using (extraction_id, mention_id)
    left join v_resolved_entity on person.person_id = v_resolved_entity.entity_id
)

select
    *,
    first_value(coalesce(normalised_name, name) ignore nulls) over same_person as resolved_name,  -- in full
    count(distinct report_id) over (partition by resolved_person_id) as report_count  -- reports that it stands in
from mentioned
window same_person as (
    partition by resolved_person_id
    order by
        length(coalesce(normalised_name, name)) desc,
        coalesce(normalised_name, name)
    rows between unbounded preceding and unbounded following
);
