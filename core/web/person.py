"""A person as the interface tells of them."""

from __future__ import annotations

from typing import Any

from core.people.users import User


def about(user: User) -> dict[str, Any]:
    return {
        "name": user.name,
        "display_name": user.display_name,
        "role": user.role.value,
        "extension": user.extension,
    }
