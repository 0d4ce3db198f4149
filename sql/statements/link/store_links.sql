-- Stores what a link run found.
insert into link_run by name
select *
from new_link_run;

insert into entity_link by name
select *
from new_entity_link;

insert into resolved_entity by name
select *
from new_resolved_entity;
