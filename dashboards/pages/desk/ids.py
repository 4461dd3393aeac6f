"""Component ids of the desk."""

# Holds what the script must know of the site and of the person.
ABOUT = "desk-about"
