"""Stands for django-axes, of which only the name is asked."""
