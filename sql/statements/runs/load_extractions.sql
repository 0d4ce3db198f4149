-- Stores extractions that are not stored yet; what hangs on the others is here already, too.
create or replace temp table fresh_extraction as
select extraction_id
from new_extraction
anti join extraction using (extraction_id);

insert into extraction by name
select *
from new_extraction
semi join fresh_extraction using (extraction_id);

insert into answer by name
select *
from new_answer
semi join fresh_extraction using (extraction_id);

insert into mention by name
select *
from new_mention
semi join fresh_extraction using (extraction_id);

insert into person by name
select *
from new_person
semi join fresh_extraction using (extraction_id);

insert into officer by name
select *
from new_officer
semi join fresh_extraction using (extraction_id);

insert into offense by name
select *
from new_offense
semi join fresh_extraction using (extraction_id);

insert into location by name
select *
from new_location
semi join fresh_extraction using (extraction_id);

insert into evidence by name
select *
from new_evidence
semi join fresh_extraction using (extraction_id);

insert into suspect by name
select *
from new_suspect
semi join fresh_extraction using (extraction_id);

insert into weapon by name
select *
from new_weapon
semi join fresh_extraction using (extraction_id);

insert into vehicle by name
select *
from new_vehicle
semi join fresh_extraction using (extraction_id);

insert into property by name
select *
from new_property
semi join fresh_extraction using (extraction_id);

drop table fresh_extraction;
