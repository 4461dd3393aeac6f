"""Which calls are scored, and by whom, pure: ``frame`` has the records, ``draw`` picks, ``assignment`` shares out."""
