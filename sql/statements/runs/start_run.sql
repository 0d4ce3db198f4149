-- Records a run that begins, and its schema unless that is known.
insert into entity_schema by name
select *
from new_entity_schema
anti join entity_schema using (schema_digest);

insert into entity_type by name
select *
from new_entity_type
anti join entity_type using (schema_digest, entity_type);

insert into run by name
select *
from new_run;
