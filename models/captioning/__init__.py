"""Putting pictures into words: a CNN with an LSTM, and a CNN with a transformer."""
