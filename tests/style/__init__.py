"""The site with one page more, /style/: every component in every state, to look at and to test."""
