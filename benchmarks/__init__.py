"""Benchmarks: each module's ``table()`` measures in one run and returns a Markdown table of ratios."""
