"""What people said of answers: labelled data, and how well each metric agrees with it."""
