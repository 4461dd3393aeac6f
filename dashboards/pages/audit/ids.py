"""Component ids of the page."""

TABLE = "audit-table"
VERIFY = "audit-verify"
VERDICT = "audit-verdict"
