-- No id stands twice.
select
    repeated.table_name as table_name,
    repeated.id as id,
    count(*) as row_count
from (
    select
        'document' as table_name,
        document_id as id
    from document
    union all
    select
        'report' as table_name,
        report_id as id
    from report
    union all
    select
        'extraction' as table_name,
        extraction_id as id
    from extraction
    union all
    select
        'mention' as table_name,
        mention_id as id
    from mention
    union all
    select
        'person' as table_name,
        person_id as id
    from person
    union all
    select
        'officer' as table_name,
        officer_id as id
    from officer
    union all
    select
        'offense' as table_name,
        offense_id as id
    from offense
    union all
    select
        'location' as table_name,
        location_id as id
    from location
    union all
    select
        'evidence' as table_name,
        evidence_id as id
    from evidence
    union all
    select
        'suspect' as table_name,
        suspect_id as id
    from suspect
    union all
    select
        'weapon' as table_name,
        weapon_id as id
    from weapon
    union all
    select
        'vehicle' as table_name,
        vehicle_id as id
    from vehicle
    union all
    select
        'property' as table_name,
        property_id as id
    from property
) as repeated
group by
    repeated.table_name,
    repeated.id
having count(*) > 1;
