from grader.gradebook import plug_in

c = get_config()
plug_in(c)

c.CourseDirectory.course_id = "COURSE"
