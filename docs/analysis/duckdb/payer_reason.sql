-- Reasons among the cases of each payer; any other two things are crossed in the same way.
WITH base AS (SELECT payer, count(DISTINCT case_id) AS of FROM rulings GROUP BY payer)
SELECT r.payer, r.reason,
       count(DISTINCT case_id) AS cases,
       any_value(b.of) AS of,
       count(DISTINCT case_id) FILTER (class = 'missing_documentation') AS missing_documentation,
       count(DISTINCT case_id) FILTER (class = 'criterion_failed') AS criterion_failed,
       count(DISTINCT case_id) FILTER (is_primary) AS "primary",
       count(DISTINCT case_id) FILTER (curable) AS curable,
       count(DISTINCT case_id) FILTER (documentation_only) AS documentation_only,
       count(DISTINCT case_id) FILTER (one_fix_away) AS one_fix_away
FROM reasons r JOIN base b USING (payer)
GROUP BY r.payer, r.reason
ORDER BY r.payer, cases DESC, r.reason;
