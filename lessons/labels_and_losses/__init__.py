"""Labels and losses: which form of label goes with which cross-entropy."""
