"""Data protection: what is stored about people, handing it out, erasing it."""
