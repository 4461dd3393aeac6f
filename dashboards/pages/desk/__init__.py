"""The agent's desk, first form: own state, the call in hand, who is calling, wrap-up, queues and colleagues."""

from dashboards.pages.desk.layout import layout

__all__ = ["layout"]
