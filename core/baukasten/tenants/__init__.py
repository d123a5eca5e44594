"""Municipalities: their hosts, settings and plugins."""
