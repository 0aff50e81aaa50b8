"""For lesson authors: a new lesson that trains at once, and what is wrong with any lesson."""
