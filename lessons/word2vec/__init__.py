"""The word2vec lesson."""
