"""What people see: Dash pages and boards over the live core and the warehouse."""
