from grader.gradebook import plug_in

c = get_config()  # type: ignore[name-defined]  # noqa: F821 (nbgrader defines it)
plug_in(c)

c.CourseDirectory.course_id = "tinytorch"
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback"]
c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\nraise NotImplementedError()"}
