"""Scoring forms, pure: ``form`` has the records, ``check`` what is wrong with one, ``file`` the form as a file, and
``examples`` those that are shipped, labelled 示例."""
