"""Pages of this app: coming in, and one's own account."""
