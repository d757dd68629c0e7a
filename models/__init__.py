"""The PyTorch code: a folder per topic, and `core`, what they share. Nothing here knows Gradio."""
