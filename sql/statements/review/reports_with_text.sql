-- The reports whose text holds some words.
select report_id
from report
where contains(lower(text), lower($words));
