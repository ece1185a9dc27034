// A report of 5,000 cases and 200,000 facts: lists and queues are there at once.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { busy, folder, serve } from "./station.js";

const CASES = 5_000;
const FACTS = 200_000;
let report, station, cookie;

/// Has every table hold the same case thousands of times, under names of their own.
function multiply(out) {
  const of = (table) => readFileSync(join(out, table), "utf8");
  const name = (n) => `case-${String(n).padStart(5, "0")}`;
  const first = "failed-test-block";
  for (const table of ["cases.csv", "criteria.csv", "denial_reasons.csv", "pathway.csv", "documents.csv", "problems.csv"]) {
    const text = of(table);
    const end = text.indexOf("\n") + 1;
    // Lines may go on inside quotes: a row begins where a line begins with the case.
    const rows = text.slice(end).split(/^(?=[^\n]*)/m);
    let own = "", mine = false;
    for (const row of rows) {
      if (/^("?)(first-test-block|failed-test-block|complete-therapeutic|odd)/.test(row) || row.startsWith('"odd')) mine = row.startsWith(first);
      if (mine) own += row;
    }
    const parts = [text.slice(0, end)];
    for (let n = 0; n < CASES; n++) parts.push(own.replaceAll(new RegExp(`^${first},`, "gm"), `${name(n)},`));
    writeFileSync(join(out, table), parts.join(""));
  }
  const facts = of("facts.jsonl").trim().split("\n").map(JSON.parse).filter((fact) => fact.case_id === first);
  const each = FACTS / CASES;
  const lines = [];
  for (let n = 0; n < CASES; n++) {
    for (let k = 0; k < each; k++) {
      const fact = { ...facts[k % facts.length], case_id: name(n) };
      fact.fact_id = (n * each + k).toString(16).padStart(16, "0");
      fact.confidence = ((n * 7919 + k * 104729) % 1000) / 1000;
      lines.push(JSON.stringify(fact));
    }
  }
  writeFileSync(join(out, "facts.jsonl"), lines.join("\n") + "\n");
  // Criteria rest on the facts of their own case, so that queues by reason are long.
  const criteria = of("criteria.csv").split("\n");
  const ids = facts.map((fact) => fact.fact_id);
  const placed = new Map(ids.map((id, k) => [id, k % each]));
  let n = -1;
  const renamed = criteria.map((line) => {
    const at = /^case-(\d+),/.exec(line);
    if (at) n = Number(at[1]);
    return line.replace(/\b[0-9a-f]{16}\b/g, (id) => placed.has(id) ? (n * each + placed.get(id)).toString(16).padStart(16, "0") : id);
  });
  writeFileSync(join(out, "criteria.csv"), renamed.join("\n"));
}

before(async () => {
  report = folder({ failed: true });
  multiply(report.out);
  const begun = performance.now();
  station = await serve(report.out, ["ann"]);
  console.log(`ready after ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  const answer = await fetch(station.addresses[0], { redirect: "manual" });
  cookie = answer.headers.get("set-cookie").split(";")[0];
});

after(() => {
  station?.end();
  report?.remove();
});

async function time(path) {
  const begun = performance.now();
  const answer = await fetch(station.origin + path, { headers: { cookie } });
  const text = await answer.text();
  assert.equal(answer.status, 200, `${path}: ${text.slice(0, 200)}`);
  return [performance.now() - begun, text];
}

test("lists and queues of 5,000 cases and 200,000 facts take under 150 ms", async () => {
  const [, cases] = await time("/");
  assert.match(cases, /of 5000/);
  assert.match(cases, /of 200000 facts/);
  const [, queues] = await time("/queues");
  const reason = /name=(reason[^"&]+)/.exec(queues)?.[1];
  assert.ok(reason, "a queue by reason");
  // Some facts are judged, so that what is done has to be counted.
  const post = (path, form) => fetch(station.origin + path, { method: "POST", body: new URLSearchParams(form), headers: { cookie, origin: station.origin } });
  for (let n = 0; n < 500; n++) {
    await post("/verdict", { id: (n * 397).toString(16).padStart(16, "0"), verdict: "accept", queue: "low" });
  }
  const places = ["/", "/?determination=not_medically_necessary", "/?find=case-04", "/?from=4900", "/queues",
    "/queue?name=low", "/queue?name=low&from=150000", "/queue?name=random-1", `/queue?name=${reason}`,
    "/queue?name=second", "/queue?name=adjudicate", "/queue?name=changed", "/queue?name=document:17",
    "/next?queue=low", "/case?id=case-02500", "/quality"];
  const slow = [];
  for (const place of places) {
    const times = [];
    for (let n = 0; n < 5; n++) times.push((await time(place))[0]);
    times.sort((a, b) => a - b);
    console.log(`${place.padEnd(44)} median ${times[2].toFixed(0).padStart(4)} ms, most ${times[4].toFixed(0)} ms`);
    if (times[2] > 150 * busy()) slow.push(`${place}: ${times[2].toFixed(0)} ms`);
  }
  assert.deepEqual(slow, []);
});
