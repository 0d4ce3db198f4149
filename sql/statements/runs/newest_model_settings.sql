-- What the newest run of a model was asked to do, as JSON.
select settings
from run
where model_digest != 'review'
order by
    started_at desc,
    run_id desc
limit 1;
