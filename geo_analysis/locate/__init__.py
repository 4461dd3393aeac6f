"""A caller's words to places: the site's own names, with typos, pinyin and initials. The matcher is pure."""
