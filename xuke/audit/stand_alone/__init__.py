"""What is handed out with an export: it runs without the product, without a database and without a network."""
