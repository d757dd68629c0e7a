"""The PyTorch code: one folder per topic, and `core`, what they share. Nothing here knows Gradio."""
