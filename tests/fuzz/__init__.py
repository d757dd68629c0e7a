"""Whatever comes, the app answers in words, and goes on."""
