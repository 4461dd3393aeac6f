"""Recording QA: forms, samples, scores, agreement of scorers, and what is measured in the sound. Knows no page."""
