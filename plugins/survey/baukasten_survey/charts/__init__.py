"""Figures drawn as SVG on the server, with the table and the sentence behind them."""
