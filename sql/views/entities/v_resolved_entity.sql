-- What the newest link run says each entity stands for; one that is not here stands for itself.
create or replace view v_resolved_entity as
select
    resolved_entity.kind as kind,
    resolved_entity.entity_id as entity_id,
    resolved_entity.resolved_id as resolved_id
from resolved_entity
where resolved_entity.link_run_id = (select max(link_run_id) from link_run);
