"""The doors: HTTP API, OpenAI-compatible API, command line."""
