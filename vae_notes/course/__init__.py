"""Exercises: the tests inside them, the course folder, the grading."""
