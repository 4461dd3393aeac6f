"""Component ids of the page."""

TABLE = "alerts-table"
