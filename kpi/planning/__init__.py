"""From calls to people: forecast, staffing, proposed rosters, adherence. Pure parts but for the worker process."""
