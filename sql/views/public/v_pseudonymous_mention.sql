-- Every value without what tells who someone is: names, badge numbers, e-mail addresses and case numbers are pseudonyms,
-- the same for every spelling that normalises alike; free text and paths, which may hold a name, are left out.
create or replace view v_pseudonymous_mention as
select
    v_mention.document_id as document_id,
    v_mention.report_id as report_id,
    v_mention.run_id as run_id,
    v_mention.entity_type as entity_type,
    v_mention.ordinal as ordinal,
    case
        when not v_mention.is_stated then v_mention.value
        when entity_type.normaliser in ('person', 'badge', 'email') or v_mention.entity_type = 'Case_Number'
            then concat(
                case
                    when v_mention.entity_type = 'Case_Number' then 'case'
                    else entity_type.normaliser
                end,
                '-',
                left(sha256(concat(pseudonym_secret.secret, lower(coalesce(v_mention.normalised, v_mention.value)))), 12)
            )
        when
            entity_type.kind = 'choice'
            or entity_type.normaliser in ('age', 'date', 'time', 'status', 'integer')
            or v_mention.entity_type in (
                'City', 'Crime_Type', 'Suspect_Race', 'Time_Of_Day', 'Victim_AgeRange', 'Victim_Race', 'Weapon_Type'
            )
            then coalesce(v_mention.normalised, v_mention.value)
    end as pseudonymous_value,
    v_mention.confidence as confidence,
    v_mention.schema_name as schema_name,
    v_mention.is_stated as is_stated
from v_mention
join mention using (mention_id)
join extraction using (extraction_id)
join entity_type
    on
        extraction.schema_digest = entity_type.schema_digest
        and v_mention.entity_type = entity_type.entity_type
cross join pseudonym_secret;
