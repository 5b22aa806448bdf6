"""What listeners do besides listening: reactions, hands, questions, wishes to speak. First to give way."""
