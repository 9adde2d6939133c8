"""Tags for the words of notices."""
