"""Consultations: projects with dated phases, and the modules placed in them."""
