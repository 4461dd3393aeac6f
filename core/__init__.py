"""The live core: calls, agents, queues, customers, people and the drivers to the outside."""

__version__ = "0.1.0"
