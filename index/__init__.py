"""From source texts to passages found; knows nothing of Discord or of reply languages."""
