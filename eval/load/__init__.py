"""Latency under load: requests in closed and open loops, timed as vLLM's serving benchmark times them."""
