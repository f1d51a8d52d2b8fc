"""The rulers: pure functions first, the same as ragas metrics on top."""
