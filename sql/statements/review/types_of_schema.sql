-- The entity types of one schema, in the order of asking.
select
    entity_schema.name as schema_name,
    entity_type,
    kind,
    is_multiple,
    normaliser,
    coalesce(choices, []) as choices
from entity_type
join entity_schema using (schema_digest)
where schema_digest = $schema_digest
order by ordinal;
