-- The police officers of the reports that are there now, each once. A badge is that of the name right before it in the
-- text, whatever row it stands in.
with beside as (
    select
        named.mention_id as name_mention_id,
        badge.mention_id as badge_mention_id,
        badge.normalised as badge_number
    from mention as named
    join mention as badge using (extraction_id)
    join extraction using (extraction_id)
    join report using (report_id)
    where
        named.entity_type = 'Officer_Name'
        and named.is_stated
        and badge.entity_type = 'Officer_BadgeNumber'
        and badge.is_stated
        and badge.char_start between named.char_end and named.char_end + $badge_gap_chars
        and regexp_full_match(
            substring(report.text, named.char_end + 1, badge.char_start - named.char_end),
            $badge_gap,
            'i'
        )
    qualify
        row_number() over (partition by named.mention_id order by badge.char_start) = 1
        and row_number() over (partition by badge.mention_id order by named.char_end desc) = 1
),

present as (
    select distinct
        officer_id,
        report_id,
        name,
        normalised_name,
        given_name,
        middle_names,
        family_name,
        name_suffix,
        badge_number,
        if(name is not null, mention_id, null) as name_mention_id,
        if(name is not null, other_mention_ids[1], mention_id) as badge_mention_id
    from v_officer
)

select
    present.officer_id as officer_id,
    present.report_id as report_id,
    present.name as name,
    present.normalised_name as normalised_name,
    present.given_name as given_name,
    present.middle_names as middle_names,
    present.family_name as family_name,
    present.name_suffix as name_suffix,
    case
        when behind_name.badge_number is not null then behind_name.badge_number
        when present.name is null or before_badge.name_mention_id is null then present.badge_number
    end as badge_number
from present
left join beside as behind_name on present.name_mention_id = behind_name.name_mention_id
left join beside as before_badge on present.badge_mention_id = before_badge.badge_mention_id
order by present.officer_id;
