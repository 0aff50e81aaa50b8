"""Ten arms of unknown worth: when to try, and when to take what looks best."""
