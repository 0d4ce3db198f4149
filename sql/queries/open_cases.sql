-- Crimes whose case is open or under investigation, the oldest first.
select
    v_offense.occurred_on as occurred_on,
    v_offense.case_number as case_number,
    v_offense.type as offense_type,
    v_offense.status as status,
    v_offense.summary as summary,
    officer.names as officer_names,
    path,
    place
from v_offense
left join (
    select
        v_officer.path as path,
        v_officer.place as place,
        list(v_officer.name order by v_officer.ordinal) filter (where v_officer.name is not null) as names
    from v_officer
    group by
        v_officer.path,
        v_officer.place
) as officer using (path, place)
where v_offense.status in ('open', 'under_investigation')
order by
    v_offense.occurred_on nulls last,
    path,
    place,
    v_offense.ordinal;
