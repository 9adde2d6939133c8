"""Pages of notices, for whoever may see them."""
