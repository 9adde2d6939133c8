"""What is asked and what is answered, as types: the OpenAPI document is drawn from them."""
