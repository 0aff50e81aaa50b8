"""The seq2seq lesson."""
