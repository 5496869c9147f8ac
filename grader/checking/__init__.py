"""A student's own notebook, before it is handed in: run, and looked at for what costs marks.

No rubric, no hidden test and no course is needed, and none is believed to be there.
"""
