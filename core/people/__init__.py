"""People and what the office edits about the site: users, sessions, audit, queues, agents, accounts."""
