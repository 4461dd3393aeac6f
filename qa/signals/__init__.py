"""What is measured in the sound of a call, pure: samples and rate in, records out. Advice, never a score by itself."""
