-- Every link joins two stored entities of its kind that stand for the same one, the least of those that do; only the
-- model's links have a weight; and nothing stands for another without a link of its own.
with entity as (
    select
        'person' as kind,
        person_id as entity_id
    from person
    union all
    select
        'officer' as kind,
        officer_id as entity_id
    from officer
    union all
    select
        'location' as kind,
        location_id as entity_id
    from location
),

linked as (
    select
        link_run_id,
        kind,
        unnest([left_id, right_id]) as entity_id,
        unnest([right_id, left_id]) as other_id,
        reason,
        match_weight
    from entity_link
)

select
    link_run_id,
    kind,
    entity_id,
    'a link between what does not stand for one entity' as complaint
from linked
left join resolved_entity using (link_run_id, kind, entity_id)
left join resolved_entity as other
    on
        linked.link_run_id = other.link_run_id
        and linked.kind = other.kind
        and linked.other_id = other.entity_id
where
    linked.entity_id = linked.other_id
    or resolved_entity.resolved_id is null
    or resolved_entity.resolved_id is distinct from other.resolved_id
union all
select
    link_run_id,
    kind,
    entity_id,
    'a weight that is not the model''s, or none' as complaint
from linked
where (reason = 'model') <> (match_weight is not null)
union all
select
    link_run_id,
    kind,
    entity_id,
    'an entity that is not stored, has no link or stands twice' as complaint
from resolved_entity
left join entity using (kind, entity_id)
left join (select distinct link_run_id, kind, entity_id from linked) as any_link using (link_run_id, kind, entity_id)
left join link_run using (link_run_id)
group by all
having
    count(*) > 1
    or count(entity.entity_id) = 0
    or count(any_link.entity_id) = 0
    or count(link_run.threshold) = 0
union all
select
    link_run_id,
    kind,
    min(entity_id) as entity_id,
    'a cluster that is not named by its least member' as complaint
from resolved_entity
group by
    link_run_id,
    kind,
    resolved_id
having min(entity_id) <> resolved_id;
