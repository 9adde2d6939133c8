"""Enterprises by unified social credit code, their sites, the people acting for them (mandates), their standing."""
