-- Reasons that come together, and how many times more often than if each came by itself.
WITH own AS (SELECT DISTINCT case_id, reason FROM reasons),
     counts AS (SELECT reason, count(*) AS cases FROM own GROUP BY reason)
SELECT a.reason AS reason_a, b.reason AS reason_b,
       count(*) AS cases,
       any_value(ca.cases) AS with_a,
       any_value(cb.cases) AS with_b,
       any_value(n) AS of,
       count(*) * any_value(n) / (any_value(ca.cases) * any_value(cb.cases)) AS lift
FROM own a
JOIN own b ON a.case_id = b.case_id AND a.reason < b.reason
JOIN counts ca ON ca.reason = a.reason
JOIN counts cb ON cb.reason = b.reason, n_cases
GROUP BY a.reason, b.reason
ORDER BY cases DESC, reason_a, reason_b;
