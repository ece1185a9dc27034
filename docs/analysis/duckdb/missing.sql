-- Facts whose absence leaves a criterion open, and the share of all that is missing up to each.
WITH missing AS (
    SELECT missing_fact, count(DISTINCT case_id) AS cases
    FROM (SELECT case_id, unnest(missing_facts) AS missing_fact FROM criteria WHERE result = 'not_documented')
    GROUP BY missing_fact
)
SELECT missing_fact, cases, n AS of,
       sum(cases) OVER (ORDER BY cases DESC, missing_fact ROWS UNBOUNDED PRECEDING) / sum(cases) OVER () AS cumulative
FROM missing, n_cases
ORDER BY cases DESC, missing_fact;
