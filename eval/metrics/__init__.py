"""What an answer is worth: pure functions over texts, and the same as ragas metrics."""
