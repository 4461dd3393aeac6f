"""Component ids of the rosters."""

# Holds what the scripts must know of the site and of the person.
ABOUT = "rosters-about"
