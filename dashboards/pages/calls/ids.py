"""Component ids of the list and of one call."""

TABLE = "calls-table"
BODY = "calls-body"
# What the script last saw happen to the open call; a change of it draws the page anew.
SEEN = "calls-seen"
