"""A lecture hall without people: many users at once over HTTP, and what became of each request."""
