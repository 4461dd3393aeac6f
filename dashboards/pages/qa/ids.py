"""Component ids of the page of samples and scores."""

from __future__ import annotations

PAGE = "qa"
BODY, ASKED = "qa-list-body", "qa-list-asked"
TASKS, SCORES = "qa-tasks", "qa-scores"
