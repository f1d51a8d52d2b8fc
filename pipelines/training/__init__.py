"""LoRA fine-tuning: from a corpus' examples to a validated adapter."""
