"""Component ids; a cell's names its place in the table."""

BODY, SAVE, SAID, DRAWN = "rights-body", "rights-save", "rights-said", "rights-drawn"
DIAL_BODY, DIAL_SAVE, DIAL_SAID, DIAL_DRAWN = "dialling-body", "dialling-save", "dialling-said", "dialling-drawn"
EXTENSION = "dialling-extension"
# The subject of the row for an extension that has no right of its own yet.
NEW = "extension:"


def cell(role: str, right: str) -> dict[str, str]:
    return {"type": "rights-cell", "role": role, "right": right}


def dial(subject: str, part: str) -> dict[str, str]:
    """``part`` is classes, hours, most or forget."""
    return {"type": f"dialling-{part}", "subject": subject}
