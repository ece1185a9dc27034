-- How each criterion came out, among the cases that it applies to.
SELECT policy, criterion,
       count(DISTINCT case_id) FILTER (result <> 'not_applicable') AS cases,
       count(DISTINCT case_id) AS of,
       count(DISTINCT case_id) FILTER (result = 'met') AS met,
       count(DISTINCT case_id) FILTER (result = 'not_met') AS not_met,
       count(DISTINCT case_id) FILTER (result = 'not_documented') AS not_documented
FROM criteria
GROUP BY policy, criterion
ORDER BY policy, criterion;
