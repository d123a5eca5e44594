"""Builds what pages need beside Python: styles, fonts, scripts and compiled catalogues."""
