"""What generates text: the model in this process, any OpenAI-compatible server, or a fake one for tests."""
