"""What pages of scores share: the picture of a curve, figures in words, one person's score as a bill."""
