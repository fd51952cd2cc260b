"""The specification: one test for every sentence."""
