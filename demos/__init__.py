"""The tabs: one package each, built from `demos.kit`; the only code that knows Gradio."""
