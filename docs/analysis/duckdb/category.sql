-- Distinct cases with a reason against them, by category; then, of those cases, what is true of it.
SELECT category,
       count(DISTINCT case_id) AS cases,
       any_value(n) AS of,
       wilson_low(count(DISTINCT case_id), any_value(n)) AS low,
       wilson_high(count(DISTINCT case_id), any_value(n)) AS high,
       count(DISTINCT case_id) FILTER (class = 'missing_documentation') AS missing_documentation,
       count(DISTINCT case_id) FILTER (class = 'criterion_failed') AS criterion_failed,
       count(DISTINCT case_id) FILTER (is_primary) AS "primary",
       count(DISTINCT case_id) FILTER (curable) AS curable,
       count(DISTINCT case_id) FILTER (documentation_only) AS documentation_only,
       count(DISTINCT case_id) FILTER (one_fix_away) AS one_fix_away
FROM reasons, n_cases
GROUP BY category
ORDER BY cases DESC, category;
