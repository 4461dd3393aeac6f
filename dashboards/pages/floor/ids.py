"""Component ids of the live floor."""

PAGE = "floor"
# Holds what the scripts must know of the site and of the person.
ABOUT = "floor-about"
LAST = "floor-last-title"
REASON_ERROR = "floor-reason-error"
