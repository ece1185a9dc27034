-- Cases that a step alone would bring to meet every required criterion, and cases with a reason that it cures.
WITH alone AS (
    SELECT step, count(DISTINCT case_id) AS alone
    FROM (SELECT case_id, unnest(fixes) AS step FROM rulings) GROUP BY step
), helps AS (
    SELECT step, count(DISTINCT case_id) AS helps
    FROM (SELECT case_id, unnest(cured_by) AS step FROM reasons) GROUP BY step
)
SELECT step, coalesce(alone, 0) AS alone, coalesce(helps, 0) AS helps, n AS of
FROM alone FULL JOIN helps USING (step), n_cases
ORDER BY helps DESC, alone DESC, step;
