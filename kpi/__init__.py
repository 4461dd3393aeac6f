"""What judges the work: planning of rosters now, scores of agents and groups to come. Reads marts, writes no fact."""
