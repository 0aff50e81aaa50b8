"""For lesson authors: create a new lesson that trains at once, and check any lesson."""
