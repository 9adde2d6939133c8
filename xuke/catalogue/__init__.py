"""What can be licensed and under which rules: categories, time limits, the score sheet, competence. Data with dates."""
