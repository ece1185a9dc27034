-- The tables of a report folder, whose path is in the variable `report`:
--   SET VARIABLE report = 'chartsift-out';
-- List cells are parted by `;`. Codes stay text: a CPT code is no number.
CREATE OR REPLACE MACRO report_table(name) AS getvariable('report') || '/' || name || '.csv';
CREATE OR REPLACE MACRO items(cell) AS list_filter(string_split(coalesce(cell, ''), ';'), lambda x: x <> '');

-- Wilson's interval at 95 %.
CREATE OR REPLACE MACRO wilson_mid(n, m) AS (n / m + 1.959963984540054 ^ 2 / (2 * m)) / (1 + 1.959963984540054 ^ 2 / m);
CREATE OR REPLACE MACRO wilson_half(n, m) AS
    1.959963984540054 * sqrt((n / m) * (1 - n / m) / m + 1.959963984540054 ^ 2 / (4.0 * m * m)) / (1 + 1.959963984540054 ^ 2 / m);
CREATE OR REPLACE MACRO wilson_low(n, m) AS CASE WHEN n = 0 THEN 0 ELSE greatest(0, wilson_mid(n, m) - wilson_half(n, m)) END;
CREATE OR REPLACE MACRO wilson_high(n, m) AS CASE WHEN n = m THEN 1 ELSE least(1, wilson_mid(n, m) + wilson_half(n, m)) END;

CREATE OR REPLACE VIEW rulings AS
    SELECT case_id,
           policy_id AS policy,
           determination,
           determination_without_exclusions,
           coalesce(request_cpt, '') AS cpt,
           coalesce(provider, '') AS provider,
           coalesce(payer, '') AS payer,
           coalesce(left(as_of, 7), '') AS month,
           coalesce(primary_reason_id, '') <> '' AS against,
           coalesce(primary_reason_id, '') <> '' AND curable = 'true' AS curable,
           documentation_only = 'true' AS documentation_only,
           coalesce(one_fix_away, '') <> '' AS one_fix_away,
           items(one_fix_away) AS fixes,
           pages_ocr::INT AS pages_ocr,
           pages_unreadable::INT AS pages_unreadable,
           n_met::INT AS n_met, n_not_met::INT AS n_not_met, n_not_documented::INT AS n_not_documented
    FROM read_csv(report_table('cases'), all_varchar = true, header = true);

CREATE OR REPLACE VIEW reasons AS
    SELECT r.case_id,
           r.policy_id AS policy,
           r.reason_id AS reason,
           r.class, r.category,
           r.criterion_id AS criterion,
           items(r.cured_by) AS cured_by,
           r.curable = 'true' AS curable,
           r.is_primary = 'true' AS is_primary,
           c.cpt, c.provider, c.payer, c.month, c.documentation_only, c.one_fix_away
    FROM read_csv(report_table('denial_reasons'), all_varchar = true, header = true) r
    JOIN rulings c ON c.case_id = r.case_id AND c.policy = r.policy_id;

CREATE OR REPLACE VIEW criteria AS
    SELECT case_id, policy_id AS policy, criterion_id AS criterion, result, items(missing_facts) AS missing_facts
    FROM read_csv(report_table('criteria'), all_varchar = true, header = true);

-- The rows of a case stand in the order of its pathway.
CREATE OR REPLACE VIEW steps AS
    SELECT case_id, policy_id AS policy, step_id AS step, status, row_number() OVER () AS place
    FROM read_csv(report_table('pathway'), all_varchar = true, header = true, parallel = false);

CREATE OR REPLACE VIEW facts AS
    SELECT case_id, ocr_confidence::DOUBLE AS ocr_confidence
    FROM read_csv(report_table('facts'), all_varchar = true, header = true);

CREATE OR REPLACE VIEW n_cases AS SELECT count(DISTINCT case_id) AS n FROM rulings;
