"""Component ids of the list and of one order."""

TABLE = "orders-table"
BODY = "order-body"
# Counts what the script saw change of the order; a change of it draws the page anew.
SEEN = "order-seen"
