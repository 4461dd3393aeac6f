"""What the pages of QA share: their tabs, and the words for scores, parts and answers."""
