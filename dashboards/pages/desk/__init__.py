"""The agent's desk, first form: own state, the call in hand, who is calling, wrap-up, queues and colleagues."""

from dashboards.pages.desk.layout import layout
from dashboards.pages.desk.routes import register

__all__ = ["layout", "register"]
