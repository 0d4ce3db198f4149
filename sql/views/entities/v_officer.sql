-- The police officers of the reports that are there now.
create or replace view v_officer as
with mentioned as (
    select
        v_current_mention.path as path,
        v_current_mention.place as place,
        v_current_mention.document_id as document_id,
        v_current_mention.report_id as report_id,
        v_current_mention.run_id as run_id,
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
        mention_id,
        coalesce(v_resolved_entity.resolved_id, officer.officer_id) as resolved_officer_id  -- who it is
    from officer
    join v_current_mention using (extraction_id, mention_id)
    left join v_resolved_entity on officer.officer_id = v_resolved_entity.entity_id
)

select
    *,
    first_value(coalesce(normalised_name, name) ignore nulls) over same_officer as resolved_name,  -- in full
    count(distinct report_id) over (partition by resolved_officer_id) as report_count  -- reports that it stands in
from mentioned
window same_officer as (
    partition by resolved_officer_id
    order by
        length(coalesce(normalised_name, name)) desc,
        coalesce(normalised_name, name)
    rows between unbounded preceding and unbounded following
);
