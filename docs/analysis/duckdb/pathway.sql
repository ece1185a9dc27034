-- How far cases have got: what each step is, and how many cases have everything done up to there.
WITH marked AS (
    SELECT *, bool_and(status IN ('done', 'not_applicable'))
              OVER (PARTITION BY case_id, policy ORDER BY place) AS through
    FROM steps
), base AS (SELECT policy, count(DISTINCT case_id) AS of FROM steps GROUP BY policy)
SELECT policy, step,
       count(DISTINCT case_id) AS cases,
       any_value(of) AS of,
       count(DISTINCT case_id) FILTER (status = 'done') AS done,
       count(DISTINCT case_id) FILTER (status = 'needed') AS needed,
       count(DISTINCT case_id) FILTER (status = 'blocked') AS blocked,
       count(DISTINCT case_id) FILTER (status = 'not_applicable') AS not_applicable,
       count(DISTINCT case_id) FILTER (through) AS through
FROM marked JOIN base USING (policy)
GROUP BY policy, step
ORDER BY policy, step;
