-- The table itself goes with the step before.
SELECT 1;
