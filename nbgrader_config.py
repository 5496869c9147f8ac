c = get_config()  # type: ignore[name-defined]  # noqa: F821 (nbgrader defines it)

c.CourseDirectory.course_id = "tinytorch"
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback"]
c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\nraise NotImplementedError()"}
