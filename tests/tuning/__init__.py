"""How the bundled model learns to find theses: texts with questions, and what learns from them."""
