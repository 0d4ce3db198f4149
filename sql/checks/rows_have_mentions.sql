-- Every row of a normalised table was made of stored mentions of its own extraction that state something.
select
    made.table_name as table_name,
    made.id as id,
    made.mention_id as mention_id
from (
    select
        'person' as table_name,
        person_id as id,
        extraction_id,
        unnest(list_prepend(mention_id, other_mention_ids)) as mention_id
    from person
    union all
    select
        'officer' as table_name,
        officer_id as id,
        extraction_id,
        unnest(list_prepend(mention_id, other_mention_ids)) as mention_id
    from officer
    union all
    select
        'offense' as table_name,
        offense_id as id,
        extraction_id,
        unnest(list_prepend(mention_id, other_mention_ids)) as mention_id
    from offense
    union all
    select
        'location' as table_name,
        location_id as id,
        extraction_id,
        unnest(list_prepend(mention_id, other_mention_ids)) as mention_id
    from location
    union all
    select
        'evidence' as table_name,
        evidence_id as id,
        extraction_id,
        mention_id
    from evidence
    union all
    select
        'suspect' as table_name,
        suspect_id as id,
        extraction_id,
        mention_id
    from suspect
    union all
    select
        'weapon' as table_name,
        weapon_id as id,
        extraction_id,
        mention_id
    from weapon
    union all
    select
        'vehicle' as table_name,
        vehicle_id as id,
        extraction_id,
        mention_id
    from vehicle
    union all
    select
        'property' as table_name,
        property_id as id,
        extraction_id,
        mention_id
    from property
) as made
left join mention using (extraction_id, mention_id)
where mention.is_stated is distinct from true;
