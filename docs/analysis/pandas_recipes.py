"""The tables of `chartsift summarize` in pandas.

    python3 docs/analysis/pandas_recipes.py chartsift-out

Cells are parted by `# %%`, so that it opens as a notebook in Jupyter (jupytext) and VS Code.
Needs `pip install pandas`.
"""

# %% The tables of a report folder. Everything is text until it is made a number: a CPT code is none.
import sys
from pathlib import Path

import pandas as pd


def read(report, name):
    return pd.read_csv(Path(report) / f"{name}.csv", dtype=str, keep_default_na=False)


def load(report):
    rulings = read(report, "cases").rename(columns={"policy_id": "policy", "request_cpt": "cpt"})
    rulings["month"] = rulings["as_of"].str[:7]
    rulings["against"] = rulings["primary_reason_id"] != ""
    rulings["curable"] = rulings["against"] & (rulings["curable"] == "true")
    rulings["documentation_only"] = rulings["documentation_only"] == "true"
    rulings["fixes"] = rulings["one_fix_away"].map(items)
    rulings["one_fix_away"] = rulings["one_fix_away"] != ""
    for column in ["pages_ocr", "pages_unreadable", "n_met", "n_not_met", "n_not_documented"]:
        rulings[column] = rulings[column].astype(int)
    reasons = read(report, "denial_reasons").rename(
        columns={"policy_id": "policy", "reason_id": "reason", "criterion_id": "criterion"}
    )
    reasons["cured_by"] = reasons["cured_by"].map(items)
    reasons["curable"] = reasons["curable"] == "true"
    reasons["primary"] = reasons["is_primary"] == "true"
    of_case = ["case_id", "policy", "cpt", "provider", "payer", "month", "documentation_only", "one_fix_away"]
    reasons = reasons.merge(rulings[of_case], on=["case_id", "policy"])
    for word in ["missing_documentation", "criterion_failed", "policy_exclusion", "inconsistent_record"]:
        reasons[word] = reasons["class"] == word
        has = reasons[reasons[word]].groupby(["case_id", "policy"]).size().index
        rulings[word] = pd.MultiIndex.from_frame(rulings[["case_id", "policy"]]).isin(has)
    return rulings, reasons


def items(cell):
    return [item for item in cell.split(";") if item]


# %% Wilson's interval at 95 %.
def wilson(n, m):
    z = 1.959963984540054
    p = n / m
    middle = (p + z * z / (2 * m)) / (1 + z * z / m)
    half = z * (p * (1 - p) / m + z * z / (4 * m * m)) ** 0.5 / (1 + z * z / m)
    low = (middle - half).clip(lower=0).where(n > 0, 0.0)
    high = (middle + half).clip(upper=1).where(n < m, 1.0)
    return low, high


# %% Distinct cases of groups: never count rows, a case has one for each reason.
OF_REASONS = ["missing_documentation", "criterion_failed", "primary", "curable", "documentation_only", "one_fix_away"]
OF_CASES = ["against", "missing_documentation", "criterion_failed", "policy_exclusion", "inconsistent_record",
            "curable", "documentation_only", "one_fix_away"]


def distinct(rows, keys, measures):
    groups = rows.groupby(keys)["case_id"].nunique().rename("cases").to_frame()
    for measure in measures:
        groups[measure] = rows[rows[measure]].groupby(keys)["case_id"].nunique()
    return groups.fillna(0).astype(int)


def by(rulings, reasons, key):
    of_reasons = key in ["reason", "class", "category", "criterion"]
    rows, measures = (reasons, OF_REASONS) if of_reasons else (rulings, OF_CASES)
    table = distinct(rows, [key], measures)
    table["of"] = rulings["case_id"].nunique()
    table["low"], table["high"] = wilson(table["cases"], table["of"])
    return table.sort_values("cases", ascending=False, kind="stable").reset_index()


def overall(rulings):
    table = distinct(rulings.assign(all="all"), ["all"], OF_CASES)
    table["of"] = table["cases"]
    return table.reset_index(drop=True)


def crossed(rulings, reasons, key, reason="reason"):
    table = distinct(reasons, [key, reason], OF_REASONS).reset_index()
    base = rulings.groupby(key)["case_id"].nunique()
    table["of"] = table[key].map(base)
    return table


# %% What would cure it.
def fixes(rulings, reasons):
    def count(rows, column):
        steps = rows[["case_id", column]].explode(column).dropna()
        return steps.groupby(column)["case_id"].nunique()

    table = pd.DataFrame({"alone": count(rulings, "fixes"), "helps": count(reasons, "cured_by")})
    table = table.fillna(0).astype(int).rename_axis("step")
    return table.assign(of=rulings["case_id"].nunique()).sort_values("helps", ascending=False).reset_index()


# %% What is missing: a Pareto table.
def missing(report, rulings):
    criteria = read(report, "criteria")
    criteria = criteria[criteria["result"] == "not_documented"]
    facts = criteria.assign(missing_fact=criteria["missing_facts"].map(items)).explode("missing_fact")
    counts = facts.dropna(subset="missing_fact").groupby("missing_fact")["case_id"].nunique()
    table = counts.rename("cases").reset_index().sort_values(["cases", "missing_fact"], ascending=[False, True])
    table["of"] = rulings["case_id"].nunique()
    table["cumulative"] = table["cases"].cumsum() / table["cases"].sum()
    return table


# %% Which reasons come together.
def together(rulings, reasons):
    has = pd.crosstab(reasons["case_id"], reasons["reason"]).clip(upper=1)
    both = has.T @ has
    single = has.sum()
    n = rulings["case_id"].nunique()
    pairs = both.stack().rename_axis(["reason_a", "reason_b"]).rename("cases").reset_index()
    pairs = pairs[(pairs["reason_a"] < pairs["reason_b"]) & (pairs["cases"] > 0)]
    pairs = pairs.assign(with_a=pairs["reason_a"].map(single), with_b=pairs["reason_b"].map(single), of=n)
    pairs["lift"] = pairs["cases"] * n / (pairs["with_a"] * pairs["with_b"])
    return pairs.sort_values("cases", ascending=False)


# %% Bad faxes apart from bad notes.
def legibility(report, rulings):
    facts = read(report, "facts")[["case_id", "ocr_confidence"]]
    facts = facts[facts["ocr_confidence"] != ""]
    thousandths = (facts["ocr_confidence"].astype(float) * 1000).round().astype(int)
    print_ = thousandths.groupby(facts["case_id"]).agg(["sum", "count"])
    cases = rulings.groupby("case_id").agg(
        pages_ocr=("pages_ocr", "first"), pages_unreadable=("pages_unreadable", "first"),
        open=("n_not_documented", "sum"), met=("n_met", "sum"), not_met=("n_not_met", "sum"),
    ).join(print_).fillna({"sum": 0, "count": 0})

    def band(case):
        if case["pages_unreadable"] > 0:
            return "unreadable"
        if case["pages_ocr"] == 0:
            return "text"
        if case["count"] == 0:
            return "no-facts"
        return "clear" if case["sum"] >= 950 * case["count"] else "fair" if case["sum"] >= 900 * case["count"] else "poor"

    cases["legibility"] = cases.apply(band, axis=1)
    cases["applies"] = cases["open"] + cases["met"] + cases["not_met"]
    cases["undocumented"] = cases["open"] > 0
    table = cases.groupby("legibility").agg(
        cases=("open", "size"), undocumented=("undocumented", "sum"), open=("open", "sum"), applies=("applies", "sum")
    )
    table["undocumented_rate"] = table["open"] / table["applies"]
    return table.assign(of=len(cases)).drop(columns=["open", "applies"]).reset_index()


# %% Month by month.
def drift(rulings, reasons):
    of = rulings.groupby("month")["case_id"].nunique()
    counts = reasons.groupby(["reason", "month"])["case_id"].nunique().unstack(fill_value=0)
    counts = counts.reindex(columns=of.index, fill_value=0)
    table = counts.stack().rename("cases").reset_index()
    table["of"] = table["month"].map(of)
    table["change"] = 100 * (table["cases"] / table["of"]).groupby(table["reason"]).diff()
    return table


# %% How each criterion came out.
def results(report):
    rows = read(report, "criteria").rename(columns={"policy_id": "policy", "criterion_id": "criterion"})
    for word in ["met", "not_met", "not_documented"]:
        rows[word] = rows["result"] == word
    keys = ["policy", "criterion"]
    table = distinct(rows[rows["result"] != "not_applicable"], keys, ["met", "not_met", "not_documented"])
    of = rows.groupby(keys)["case_id"].nunique().rename("of")
    return table.reindex(of.index, fill_value=0).assign(of=of).reset_index()


# %% How far cases have got.
def pathway(report):
    rows = read(report, "pathway").rename(columns={"policy_id": "policy", "step_id": "step"})
    rows["open"] = ~rows["status"].isin(["done", "not_applicable"])
    rows["through"] = rows.groupby(["case_id", "policy"])["open"].cumsum() == 0
    statuses = ["done", "needed", "blocked", "not_applicable"]
    for word in statuses:
        rows[word] = rows["status"] == word
    table = distinct(rows, ["policy", "step"], statuses + ["through"]).reset_index()
    return table.assign(of=table["policy"].map(rows.groupby("policy")["case_id"].nunique()))


# %% What reviewers changed, where there is a reviews.csv.
def overrides(report):
    rows = read(report, "reviews")
    rows = rows[(rows["target"] == "fact") & (rows["counts"] == "true")]
    rows = rows[rows["verdict"].isin(["accept", "correct", "reject", "unsure"])]
    rows = rows.assign(rule=rows["rule"].str.split("+").str[0])
    rows = pd.concat([rows.assign(rule=""), rows])
    table = pd.crosstab(rows["rule"], rows["verdict"]).reindex(columns=["accept", "correct", "reject", "unsure"], fill_value=0)
    table.columns = ["accepted", "corrected", "rejected", "unsure"]
    table.insert(0, "cases", table.sum(axis=1))
    table["overridden"] = table["corrected"] + table["rejected"]
    return table.reset_index()


# %% All of them, by the name that `summarize` has for each.
def tables(report):
    rulings, reasons = load(report)
    made = {"overall": overall(rulings)}
    for key in ["reason", "class", "category", "criterion", "policy", "determination",
                "determination_without_exclusions", "cpt", "provider", "payer", "month"]:
        made[key] = by(rulings, reasons, key)
    made["payer+reason"] = crossed(rulings, reasons, "payer")
    made["fixes"] = fixes(rulings, reasons)
    made["missing"] = missing(report, rulings)
    made["together"] = together(rulings, reasons)
    made["legibility"] = legibility(report, rulings)
    made["drift"] = drift(rulings, reasons)
    made["results"] = results(report)
    made["pathway"] = pathway(report)
    if (Path(report) / "reviews.csv").is_file():
        made["overrides"] = overrides(report)
    return made


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    for name, table in tables(sys.argv[1]).items():
        print(f"\n{name}\n{table.to_string(index=False, max_rows=20)}")
