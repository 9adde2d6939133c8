"""Procedures of food production licensing."""
