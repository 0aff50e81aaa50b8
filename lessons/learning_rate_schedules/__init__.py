"""Learning-rate schedules: a rate that waits for a plateau, or follows a curve drawn beforehand."""
