-- What records leave open, by how well they could be read: bad faxes apart from bad notes.
WITH print AS (
    SELECT case_id, sum(round(ocr_confidence * 1000)) AS thousandths, count(ocr_confidence) AS facts
    FROM facts GROUP BY case_id
), cases AS (
    SELECT case_id,
           CASE WHEN any_value(pages_unreadable) > 0 THEN 'unreadable'
                WHEN any_value(pages_ocr) = 0 THEN 'text'
                WHEN coalesce(any_value(facts), 0) = 0 THEN 'no-facts'
                WHEN any_value(thousandths) >= 950 * any_value(facts) THEN 'clear'
                WHEN any_value(thousandths) >= 900 * any_value(facts) THEN 'fair'
                ELSE 'poor' END AS legibility,
           max(n_not_documented) > 0 AS undocumented,
           sum(n_not_documented) AS open,
           sum(n_met + n_not_met + n_not_documented) AS applies
    FROM rulings LEFT JOIN print USING (case_id)
    GROUP BY case_id
)
SELECT legibility, count(*) AS cases, any_value(n) AS of,
       count(*) FILTER (undocumented) AS undocumented,
       sum(open) / sum(applies) AS undocumented_rate
FROM cases, n_cases
GROUP BY legibility
ORDER BY cases DESC;
