-- When the newest run began; NULL in a new database.
select max(started_at)
from run;
