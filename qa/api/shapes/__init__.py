"""What the interface answers of QA."""
