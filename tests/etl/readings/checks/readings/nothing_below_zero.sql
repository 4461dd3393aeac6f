select
    meter,
    litres
from marts.fct_readings
where litres < 0;
