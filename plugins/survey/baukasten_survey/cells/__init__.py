"""The one layer between counts and whoever reads them: nothing below k leaves it."""
