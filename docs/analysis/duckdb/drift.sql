-- Reasons month by month, as a share of the month's cases, and how that changed.
WITH months AS (SELECT month, count(DISTINCT case_id) AS of FROM rulings GROUP BY month),
     counts AS (SELECT reason, month, count(DISTINCT case_id) AS cases FROM reasons GROUP BY reason, month),
     every AS (SELECT reason, month, of FROM (SELECT DISTINCT reason FROM reasons), months)
SELECT reason, month, coalesce(cases, 0) AS cases, of,
       100 * (coalesce(cases, 0) / of
              - lag(coalesce(cases, 0) / of) OVER (PARTITION BY reason ORDER BY month)) AS change
FROM every LEFT JOIN counts USING (reason, month)
ORDER BY reason, month;
