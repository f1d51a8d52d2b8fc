"""Asks every pipeline every question, scores the answers, counts the cost, says how sure it is, reports."""
