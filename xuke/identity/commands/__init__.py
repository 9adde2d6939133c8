"""The only writers of factors, sessions and attempts."""
