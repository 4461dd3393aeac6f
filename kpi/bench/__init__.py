"""``hotline bench kpi``: an invented year at the level of the marts, and how long scores over it take."""
