"""Component ids of the list and of one order."""

TABLE = "orders-table"
# The list keeps itself up to date: what was asked for, and what is written anew.
ASKED = "orders-asked"
TICK = "orders-tick"
TOTALS = "orders-totals"
ROWS = "orders-rows"
EMPTY = "orders-empty"
BODY = "order-body"
# Counts what the script saw change of the order; a change of it draws the page anew.
SEEN = "order-seen"
