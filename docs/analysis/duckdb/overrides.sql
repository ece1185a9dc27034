-- What reviewers changed, by the rule that had made the fact; the first row is of all rules.
-- Only where there is a reviews.csv. What was taken back or overruled does not count.
SELECT coalesce(rule, '') AS rule,
       count(*) AS cases,
       count(*) FILTER (verdict = 'accept') AS accepted,
       count(*) FILTER (verdict = 'correct') AS corrected,
       count(*) FILTER (verdict = 'reject') AS rejected,
       count(*) FILTER (verdict = 'unsure') AS unsure,
       count(*) FILTER (verdict IN ('correct', 'reject')) AS overridden
FROM (SELECT split_part(rule, '+', 1) AS rule, verdict
      FROM read_csv(report_table('reviews'), all_varchar = true, header = true)
      WHERE target = 'fact' AND counts = 'true')
WHERE verdict IN ('accept', 'correct', 'reject', 'unsure')
GROUP BY GROUPING SETS ((rule), ())
ORDER BY cases DESC, rule;
