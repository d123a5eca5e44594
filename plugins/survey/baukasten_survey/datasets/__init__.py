"""Responses as data sets: tables, SPSS files, codebooks, as staff takes them away."""
