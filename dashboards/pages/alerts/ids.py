"""Component ids of the page."""

TABLE = "alerts-table"
BODY = "alerts-body"
# What the script last saw happen to alerts; a change of it draws the history anew.
SEEN = "alerts-seen"
