"""What people write down for scores, with evidence: attendance, commendations, justified complaints, training."""
