"""Made-up crime reports with gold values, from a seed: training and test data for any layout, and for linking."""
