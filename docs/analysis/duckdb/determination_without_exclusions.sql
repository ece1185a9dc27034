-- Distinct cases by determination without exclusions; then, of those cases, what stands against them.
WITH classes AS (
    SELECT case_id, policy, list(DISTINCT class) AS classes FROM reasons GROUP BY case_id, policy
)
SELECT r.determination_without_exclusions,
       count(DISTINCT r.case_id) AS cases,
       any_value(n) AS of,
       wilson_low(count(DISTINCT r.case_id), any_value(n)) AS low,
       wilson_high(count(DISTINCT r.case_id), any_value(n)) AS high,
       count(DISTINCT r.case_id) FILTER (against) AS against,
       count(DISTINCT r.case_id) FILTER (list_contains(classes, 'missing_documentation')) AS missing_documentation,
       count(DISTINCT r.case_id) FILTER (list_contains(classes, 'criterion_failed')) AS criterion_failed,
       count(DISTINCT r.case_id) FILTER (list_contains(classes, 'policy_exclusion')) AS policy_exclusion,
       count(DISTINCT r.case_id) FILTER (list_contains(classes, 'inconsistent_record')) AS inconsistent_record,
       count(DISTINCT r.case_id) FILTER (curable) AS curable,
       count(DISTINCT r.case_id) FILTER (documentation_only) AS documentation_only,
       count(DISTINCT r.case_id) FILTER (one_fix_away) AS one_fix_away
FROM rulings r LEFT JOIN classes c ON c.case_id = r.case_id AND c.policy = r.policy, n_cases
GROUP BY r.determination_without_exclusions
ORDER BY cases DESC, r.determination_without_exclusions;
