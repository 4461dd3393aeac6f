"""Names of what callbacks of this page look for."""

PAGE = "categories"
BODY = "categories-body"
