"""What comes out of grading: a table for people, files for other tools."""
