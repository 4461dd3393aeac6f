delete from marts.agg_readings;

insert into marts.agg_readings
select
    count(*) as meters,
    coalesce(sum(litres), 0) as litres
from marts.fct_readings;
