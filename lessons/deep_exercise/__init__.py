"""An exercise: improve a plain network until it reads digits as well as the answer does."""
