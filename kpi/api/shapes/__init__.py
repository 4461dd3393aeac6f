"""What the routes of calls, figures and planning answer; how shapes are used stands in ``core.web.shapes``."""
