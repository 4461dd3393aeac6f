"""Hot spots of points: what stands out from what chance does, and what only looks as if it did."""
