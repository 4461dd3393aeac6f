"""Ways out of the house for notices to its people."""
