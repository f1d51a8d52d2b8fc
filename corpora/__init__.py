"""Documents, passages, questions and training examples: reading them, checking them, splitting them."""
