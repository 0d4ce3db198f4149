-- Stores what a person did.
insert into review by name
select *
from new_review;
