delete from marts.agg_calls_of_trunk;

insert into marts.agg_calls_of_trunk
select
    coalesce(trunk, '') as trunk,
    count(*) as calls
from marts.fct_calls
group by trunk;
