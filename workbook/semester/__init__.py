"""The semester list (학기 명단) of a university: a file of students, what it would change, and the writing of it."""
