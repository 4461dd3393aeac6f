select min(reading_first_id) as first_reading_id
from touched_meters;
