-- The id of the newest thing that a person did; NULL before the first.
select max(review_id) as review_id
from review;
