"""The agent's desk, who is calling, the call's form, queues and colleagues, below one's own phone."""

from dashboards.pages.desk.layout import layout
from dashboards.pages.desk.routes import register

__all__ = ["layout", "register"]
