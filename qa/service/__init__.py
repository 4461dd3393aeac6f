"""QA in the operational database, one function for each use case: each commits, or changes nothing."""
