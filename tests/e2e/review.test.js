// The review station in a real browser: what a reviewer sees, what a key does, what is kept.

import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { HOSTILE_CASE, browse, busy, chartsift, enter, folder, project, serve, table } from "./station.js";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const screens = join(project, "tests/e2e/screens");
const trouble = [];
let report, station, browser, ann, ben, hostileFact;

before(async () => {
  mkdirSync(screens, { recursive: true });
  report = folder({ sheets: true });
  station = await serve(report.out, ["ann", "ben"]);
  browser = await browse();
  ann = await enter(browser, station.addresses[0], trouble);
  ben = await enter(browser, station.addresses[1], trouble);
});

after(async () => {
  await browser?.close();
  station?.end();
  report?.remove();
});

/// A request without a browser: status, headers and body.
function ask(path, { method = "GET", headers = {}, body = "" } = {}) {
  const { hostname, port } = new URL(station.origin);
  return new Promise((done, failed) => {
    const asked = request({ hostname, port, path, method, headers }, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("end", () => done({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts) }));
    });
    asked.on("error", failed);
    asked.end(body);
  });
}

/// What axe finds, in words.
const told = (violations) => violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => `${n.html.slice(0, 120)} ${n.failureSummary?.slice(0, 160)}`).join(" | ")}`);

async function cookie(page) {
  const [own] = await page.context().cookies();
  assert.ok(own.httpOnly && own.sameSite === "Strict");
  return `${own.name}=${own.value}`;
}

/// Presses a key that leads to another fact; yields how long it took, in milliseconds.
async function press(page, key) {
  const was = page.url();
  return page.evaluate(async ([key, was]) => {
    const begun = performance.now();
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    while (location.href === was || "moving" in document.body.dataset) {
      if (performance.now() - begun > 5000) throw new Error(`nothing came of ${key}`);
      await new Promise((next) => setTimeout(next, 2));
    }
    const picture = document.querySelector("#sheet image");
    if (picture) {
      const shown = new Image();
      shown.src = picture.getAttribute("href");
      await shown.decode();
    }
    return performance.now() - begun;
  }, [key, was]);
}

const still = (page) => page.waitForFunction(() => !("moving" in document.body.dataset));

function reviews() {
  chartsift("review", report.out, "--export");
  return table(readFileSync(join(report.out, "reviews.csv"), "utf8"));
}

test("only who holds a token comes in, once, and from this address", async () => {
  for (const path of ["/", "/case?id=first-test-block", "/picture?file=0&page=1", "/quality"]) {
    const { status, headers, body } = await ask(path, { headers: { host: new URL(station.origin).host } });
    assert.equal(status, 401, path);
    assert.match(headers["content-security-policy"], /default-src 'none'/);
    assert.doesNotMatch(headers["content-security-policy"], /unsafe/);
    assert.ok(!body.includes("therapeutic"));
  }
  const used = await ask(new URL(station.addresses[0]).pathname + new URL(station.addresses[0]).search,
    { headers: { host: new URL(station.origin).host } });
  assert.equal(used.status, 401, "a token lets in once");

  const own = { cookie: await cookie(ann), host: new URL(station.origin).host };
  assert.equal((await ask("/", { headers: own })).status, 200);
  assert.equal((await ask("/", { headers: { ...own, host: "evil.example" } })).status, 421);
  for (const path of ["/../../etc/passwd", "/..%2f..%2fetc%2fpasswd", "/files/", "/assessments/", "/app.css/..", "/picture?file=../../x&page=1", "/case?id=../../etc/passwd"]) {
    assert.equal((await ask(path, { headers: own })).status, 404, path);
  }
  for (const origin of [undefined, "http://evil.example", "null"]) {
    const headers = { ...own, "content-type": "application/x-www-form-urlencoded", ...(origin && { origin }) };
    const { status } = await ask("/undo", { method: "POST", headers });
    assert.equal(status, 403, `origin ${origin}`);
  }
});

test("the cases are listed and filtered", async () => {
  assert.equal(await ann.locator("tbody tr").count(), 3);
  await ann.selectOption("select[name=determination]", { index: 1 });
  await ann.click("text=Filter");
  await still(ann);
  const shown = await ann.locator("tbody tr").count();
  assert.ok(shown > 0 && shown <= 3);
  await ann.goto(`${station.origin}/?find=complete`);
  assert.equal(await ann.locator("tbody tr").count(), 1);
});

test("a key accepts, and the next fact is there in under 200 ms", async () => {
  await ann.goto(`${station.origin}/queues`);
  await ann.click("[aria-label='Begin Least sure first']");
  await ann.waitForSelector(".desk[data-fact]");
  assert.match(await ann.locator(".why").innerText(), /confidence/);
  const times = [];
  for (let n = 0; n < 8; n++) {
    const fact = await ann.getAttribute(".desk", "data-fact");
    times.push(await press(ann, "a"));
    assert.notEqual(await ann.getAttribute(".desk", "data-fact"), fact);
    // As long as a quick reviewer looks.
    await ann.waitForTimeout(250);
  }
  times.sort((a, b) => a - b);
  console.log(`key to next fact, with its picture: median ${times[4].toFixed(0)} ms, most ${times[7].toFixed(0)} ms`);
  assert.ok(times[4] < 200 * busy(), `median ${times[4]} ms, ${busy().toFixed(1)} programs a core`);
  const kept = reviews().filter((row) => row.verdict === "accept");
  assert.equal(kept.length, 8);
  assert.ok(kept.every((row) => row.reviewer === "ann" && row.queue === "low" && row.counts === "true"));
});

test("keys are letters inside a field", async () => {
  const before = reviews().length;
  const fact = await ann.getAttribute(".desk", "data-fact");
  await ann.keyboard.press("k");
  await ann.locator("#comment input[name=comment]").pressSequentially("axuzncmp");
  assert.equal(await ann.getAttribute(".desk", "data-fact"), fact);
  await ann.keyboard.press("Enter");
  await still(ann);
  await ann.waitForSelector(".remark:has-text('axuzncmp')");
  const rows = reviews();
  assert.equal(rows.length, before + 1);
  assert.equal(rows.at(-1).verdict, "comment");
});

test("a fact is corrected with the words that are offered", async () => {
  await ann.goto(`${station.origin}/case?id=complete-therapeutic`);
  const medication = ann.locator(".criteria a", { hasText: "mg" }).first();
  await ann.goto(station.origin + await medication.getAttribute("href"));
  const fact = await ann.getAttribute(".desk", "data-fact");
  await ann.keyboard.press("c");
  await ann.waitForSelector("#correct[open]");
  await ann.fill("#correct input[name=dose]", "75 mg");
  await ann.selectOption("#correct select[name=outcome]", "not_helpful");
  await ann.locator("#correct input[name=dose]").press("Enter");
  await still(ann);
  await ann.goto(`${station.origin}/fact?id=${fact}`);
  assert.match(await ann.locator(".said").innerText(), /corrected by ann: .*75 mg.*not helpful/s);
  const row = reviews().at(-1);
  assert.equal(row.verdict, "correct");
  assert.match(row.to_value, /75 mg/);
  assert.doesNotMatch(row.from_value, /75 mg/);

  await ann.keyboard.press("c");
  await ann.fill("#correct input[name=start_date]", "yesterday");
  await ann.locator("#correct input[name=dose]").press("Enter");
  await ann.waitForSelector("[role=alert]");
  assert.match(await ann.locator("[role=alert]").innerText(), /start date.*day, month or year/);
});

test("the last verdict is taken back, and its fact shown again", async () => {
  await ann.goto(`${station.origin}/next?queue=low`);
  const fact = await ann.getAttribute(".desk", "data-fact");
  await press(ann, "x");
  await press(ann, "z");
  assert.equal(await ann.getAttribute(".desk", "data-fact"), fact);
  assert.equal(await ann.locator(".said").count(), 0);
  const rows = reviews().filter((row) => row.subject === fact && row.verdict !== "comment");
  assert.deepEqual(rows.map((row) => row.verdict), ["reject", "undo"]);
  assert.ok(rows.every((row) => row.counts === "false"));
});

test("a fact that was missed is marked by a box on the page", async () => {
  await ann.goto(`${station.origin}/page?file=0&page=1&queue=pages`);
  await ann.waitForSelector("#sheet image");
  const box = await ann.locator("#sheet").boundingBox();
  const [x, y] = [box.x + box.width * 0.35, box.y + box.height * 0.2];
  await ann.mouse.move(x, y);
  await ann.mouse.down();
  await ann.mouse.move(x + 160, y + 60, { steps: 4 });
  await ann.mouse.up();
  await ann.selectOption("#choose select[name=kind]", "pain_score");
  await ann.waitForSelector("#missed");
  await ann.fill("#missed input[name=low]", "3");
  await ann.fill("#missed input[name=high]", "3");
  await ann.fill("#missed input[name=scale]", "10");
  await ann.click("#missed button");
  await ann.waitForSelector("text=Added by reviewers");
  assert.match(await ann.locator("main").innerText(), /3\/10/);
  const row = reviews().at(-1);
  assert.deepEqual([row.verdict, row.kind, row.page], ["missed", "pain_score", "1"]);
  assert.ok(row.quote.length > 0, "the words under the box are its quote");
  await ann.screenshot({ path: join(screens, "missed.png") });
  await ann.click("text=I read the whole page");
  await still(ann);
  assert.equal(reviews().at(-1).verdict, "read");
});

test("a fact that was missed is marked by words of the text", async () => {
  const at = await ann.evaluate(async () => {
    const page = new DOMParser().parseFromString(await (await fetch(`/?find=odd`)).text(), "text/html");
    return page.querySelector("tbody a").getAttribute("href");
  });
  await ann.goto(station.origin + at);
  await ann.click("section[aria-label=Documents] li a");
  await ann.waitForSelector(".plain[data-offset]");
  await ann.evaluate(() => {
    const text = document.querySelector(".plain[data-offset]").firstChild;
    const start = text.data.indexOf("300 mg");
    getSelection().setBaseAndExtent(text, start, text, start + 6);
    document.dispatchEvent(new MouseEvent("mouseup", { bubbles: true }));
  });
  await ann.selectOption("#choose select[name=kind]", "statement");
  await ann.waitForSelector("#missed");
  await ann.fill("#missed input[name=topic]", "adjunct-to-program");
  await ann.click("#missed button");
  await ann.waitForSelector("text=Added by reviewers");
  assert.equal(reviews().at(-1).quote, "300 mg");
});

test("what a record says is shown as text, whatever it says", async () => {
  await ann.goto(`${station.origin}/?find=odd`);
  assert.equal(await ann.locator("tbody a").innerText(), HOSTILE_CASE);
  await ann.click("tbody a");
  await ann.waitForSelector("h1");
  assert.equal(await ann.locator("h1").innerText(), HOSTILE_CASE);
  await ann.click("text=Go through the facts");
  await ann.waitForSelector(".desk[data-fact]");
  const shown = await ann.locator(".ink .plain").innerText();
  assert.ok(shown.includes("<script>alert(1)</script>") && shown.includes("\ufffdgnorw"), shown);
  assert.equal(await ann.locator("main script, main img").count(), 0);
  await ann.screenshot({ path: join(screens, "hostile.png") });
  hostileFact = await ann.getAttribute(".desk", "data-fact");
  await press(ann, "a");
});

test("a second look is blind, a disagreement is settled", async () => {
  await ann.goto(`${station.origin}/next?queue=second`);
  assert.equal(await ann.locator(".desk[data-fact]").count(), 0, "nobody looks twice at their own");
  await ben.goto(`${station.origin}/next?queue=second`);
  const fact = await ben.getAttribute(".desk", "data-fact");
  assert.equal(await ben.locator(".said, .history li").count(), 0);
  const first = reviews().find((row) => row.subject === fact && row.counts === "true").verdict;
  await press(ben, first === "reject" ? "a" : "x");
  await ann.goto(`${station.origin}/queues`);
  await ann.click("[aria-label='Begin To settle']");
  await ann.waitForSelector(".desk[data-fact]");
  assert.equal(await ann.getAttribute(".desk", "data-fact"), fact);
  await ann.click("#comment summary");
  const told = await ann.locator(".history").innerText();
  assert.ok(told.includes("ann") && told.includes("ben"));
  await press(ann, "a");
  await ann.goto(`${station.origin}/queue?name=adjudicate`);
  assert.match(await ann.locator("main").innerText(), /Nothing is here/);
});

test("two reviewers at once lose nothing", async () => {
  const before = reviews().length;
  const go = async (page, queue, count) => {
    await page.goto(`${station.origin}/next?queue=${queue}`);
    for (let n = 0; n < count; n++) await press(page, n % 3 ? "a" : "u");
  };
  await Promise.all([go(ann, "random-1", 12), go(ben, "low", 12)]);
  const rows = reviews().slice(before);
  const of = (name) => rows.filter((row) => row.reviewer === name).length;
  assert.deepEqual([of("ann"), of("ben")], [12, 12]);
});

test("a second station on the same folder sees and keeps the same", async () => {
  const other = await serve(report.out, ["eve"]);
  try {
    const eve = await enter(browser, other.addresses[0], trouble);
    await eve.goto(`${other.origin}/next?queue=low`);
    const fact = await eve.getAttribute(".desk", "data-fact");
    await press(eve, "a");
    await ann.goto(`${station.origin}/fact?id=${fact}`);
    assert.match(await ann.locator(".said").innerText(), /accepted by eve/);
    await eve.context().close();
  } finally {
    other.end();
  }
});

test("precision is estimated from the draw alone", async () => {
  await ann.goto(`${station.origin}/quality`);
  const looked = await ann.locator("section, .wide").first().locator("tbody tr").evaluateAll((rows) =>
    rows.map((row) => Number(row.children[4]?.textContent || 0)).reduce((a, b) => a + b, 0));
  // Twelve verdicts of the draw, four of them unsure.
  assert.equal(looked, 8);
  const text = await ann.locator("main").innerText();
  assert.match(text, /Missed facts\s+1\.00 a page/);
  assert.match(text, /kappa|looked at by two/);
  assert.match(text, /Rules that were overridden/);
});

test("a rejected fact changes the verdict, here and in the next run", async () => {
  const name = "complete-therapeutic";
  const criteria = () => table(readFileSync(join(report.out, "criteria.csv"), "utf8"))
    .filter((row) => row.case_id === name && row.criterion_id === "iliac-crest-point-sign");
  const runId = () => JSON.parse(readFileSync(join(report.out, "run.json"), "utf8")).run_id;
  const [sign] = criteria();
  assert.equal(sign.result, "met");
  const was = runId();
  const facts = () => readFileSync(join(report.out, "facts.jsonl"), "utf8").trim().split("\n").map(JSON.parse);
  const signs = facts().filter((fact) => fact.case_id === name && fact.sign === "iliac_crest_tenderness").map((fact) => fact.fact_id);
  assert.ok(sign.fact_ids.split(";").every((id) => signs.includes(id)));
  for (const id of signs) {
    await ann.goto(`${station.origin}/fact?id=${id}`);
    await press(ann, "x");
  }
  await ann.goto(`${station.origin}/case?id=${name}`);
  await ann.click("text=Re-evaluate with the reviews");
  await ann.waitForSelector("#again");
  const told = await ann.locator("#again").innerText();
  assert.match(told, /Iliac crest point sign: met → not documented/);
  await ann.screenshot({ path: join(screens, "again.png") });

  report.run();
  assert.equal(criteria()[0].result, "not_documented");
  assert.notEqual(runId(), was);
  const human = facts().filter((fact) => fact.rule.split("+").includes("human"));
  assert.deepEqual(human.map((fact) => fact.rule === "human").sort(), [false, true, true]);
  assert.ok(!facts().some((fact) => signs.includes(fact.fact_id)));
  const bytes = readFileSync(join(report.out, "criteria.csv"));
  report.run();
  assert.deepEqual(readFileSync(join(report.out, "criteria.csv")), bytes);

  // The facts that were rejected are still there to be looked at, and to be taken back.
  await ann.goto(`${station.origin}/fact?id=${signs[0]}`);
  assert.match(await ann.locator(".said").innerText(), /rejected by ann/);
  reviews();
  const gold = readFileSync(join(report.out, "gold.jsonl"), "utf8").trim().split("\n").map(JSON.parse);
  assert.ok(gold.some((line) => !line.found) && gold.some((line) => line.found));
  for (const { text, start, end, fact } of gold) {
    assert.equal([...text].slice(start, end).join(""), fact.quote);
  }
});

test("reviews outlive a run that reads everything again", () => {
  const said = () => { const rows = reviews(); return rows.map((row) => [row.id, row.verdict, row.subject, row.counts].join(" ")); };
  const was = said();
  const tables = ["criteria.csv", "facts.jsonl", "facts_replaced.jsonl"].map((name) => readFileSync(join(report.out, name)));
  report.run("--fresh");
  assert.deepEqual(said(), was);
  assert.deepEqual(["criteria.csv", "facts.jsonl", "facts_replaced.jsonl"].map((name) => readFileSync(join(report.out, name))), tables);
});

test("what changed under its verdict, or is gone, is said", async () => {
  // As a run with other rules would leave it.
  const path = join(report.out, "facts.jsonl");
  const lines = readFileSync(path, "utf8").split("\n");
  const judged = reviews().find((row) => row.verdict === "accept" && row.counts === "true" && row.subject !== hostileFact);
  const at = lines.findIndex((line) => line.includes(`"fact_id":"${judged.subject}"`));
  lines[at] = lines[at].replace(/"time":"\w+"/, '"time":"hypothetical"');
  writeFileSync(path, lines.join("\n"));
  const later = new Date(Date.now() + 5000);
  utimesSync(join(report.out, "run.json"), later, later);
  await ann.goto(`${station.origin}/next?queue=changed`);
  assert.equal(await ann.getAttribute(".desk", "data-fact"), judged.subject);
  assert.match(await ann.locator(".note").innerText(), /otherwise than when it was reviewed/);
  await ann.goto(`${station.origin}/queues`);
  assert.doesNotMatch(await ann.locator("main").innerText(), /facts that are gone/);

  // Another content, so other ids.
  appendFileSync(join(report.place, "in", "hostile.txt"), "Pain 7/10.\n");
  report.run();
  await ann.goto(`${station.origin}/queues`);
  const told = await ann.locator("main").innerText();
  assert.match(told, /Verdicts on facts that are gone/);
  assert.ok(told.includes("gabapentin 300 mg"));
  await ann.goto(`${station.origin}/queue?name=changed`);
  assert.match(await ann.locator("main").innerText(), /Nothing is here/);
});

test("a clinician signs an adverse recommendation", async () => {
  await ann.goto(`${station.origin}/case?id=first-test-block`);
  assert.match(await ann.locator("#sign").innerText(), /Not signed/);
  await ann.click("#sign summary");
  await ann.fill("#sign input[name=name]", "Dr. Test");
  await ann.fill("#sign input[name=credential]", "MD");
  await ann.check("#sign input[value=disagree]");
  await ann.fill("#sign textarea", "The record was not complete.");
  await ann.click("#sign button");
  await ann.waitForSelector("#sign strong");
  assert.match(await ann.locator("#sign").innerText(), /Dr\. Test, MD, disagrees .*The record was not complete/s);
  reviews();
  const [signed] = table(readFileSync(join(report.out, "signoffs.csv"), "utf8"));
  assert.deepEqual([signed.case_id, signed.verdict, signed.name, signed.credential, signed.determination],
    ["first-test-block", "disagree", "Dr. Test", "MD", "not_medically_necessary"]);
});

test("pages of a fax are light", async () => {
  const own = { cookie: await cookie(ann), host: new URL(station.origin).host };
  let scans = 0, most = 0;
  for (const file of [0, 1]) {
    for (let page = 1; ; page++) {
      const { status, headers, body } = await ask(`/picture?file=${file}&page=${page}`, { headers: own });
      if (status !== 200) break;
      assert.equal(headers["content-type"], "image/png");
      // The byte of the header that tells how many bits a pixel has.
      if (body[24] === 1) {
        scans++;
        most = Math.max(most, body.length);
        assert.ok(body.length < 100_000, `file ${file}, page ${page}: ${body.length} bytes`);
      }
    }
  }
  console.log(`${scans} faxed pages in black and white, the largest ${most} bytes`);
  assert.ok(scans >= 3, `${scans} faxed pages`);
});

/// Of the fact that is shown: how much of each of its boxes is ink, and how much of as large a place just
/// above and below it; how wide and high the page and its picture are.
function inkOf(page) {
  return page.evaluate(async () => {
    const sheet = document.querySelector("#sheet");
    const picture = new Image();
    picture.src = sheet.querySelector("image").getAttribute("href");
    await picture.decode();
    const [, , width, height] = sheet.dataset.whole.split(" ").map(Number);
    const size = [picture.naturalWidth, picture.naturalHeight];
    const [across, down] = [size[0] / width, size[1] / height];
    const canvas = new OffscreenCanvas(...size);
    const paint = canvas.getContext("2d", { willReadFrequently: true });
    paint.drawImage(picture, 0, 0);
    const share = (x, y, w, h) => {
      const { data } = paint.getImageData(x * across, y * down, Math.max(1, w * across), Math.max(1, h * down));
      let ink = 0;
      for (let i = 0; i < data.length; i += 4) ink += data[i] < 128;
      return ink / (data.length / 4);
    };
    const boxes = [...sheet.querySelectorAll(".mark.fact")].map((box) => {
      const [x, y, w, h] = ["x", "y", "width", "height"].map((name) => Number(box.getAttribute(name)));
      // The gap between lines is beside the box: its edge is drawn 1.5 points off the words.
      return { ink: share(x, y, w, h), edges: [share(x, y - 1, w, 1.5), share(x, y + h - 0.5, w, 1.5)] };
    });
    return { page: [width, height], picture: size, boxes };
  });
}

test("the box is on its ink where a page is turned, cropped, or has pixels that are not square", async () => {
  const facts = readFileSync(join(report.out, "facts.jsonl"), "utf8").trim().split("\n").map(JSON.parse);
  // A fax and a text page; a fax on its side, turned by its page and cropped; one of 204 x 98 dots an inch.
  const files = ["packet.pdf", "turned.pdf", "order.pdf"];
  for (const file of files) {
    const own = facts.filter((fact) => fact.document.endsWith(file) && fact.boxes.length);
    assert.ok(own.length >= 3, `${file}: ${own.length} facts`);
    const found = [];
    for (const fact of own.slice(0, 4)) {
      await ann.goto(`${station.origin}/fact?id=${fact.fact_id}`);
      const { page, picture, boxes } = await inkOf(ann);
      const [across, down] = [picture[0] / page[0], picture[1] / page[1]];
      assert.ok(Math.abs(across / down - 1) < 0.01, `${file}: ${across} and ${down} dots a point`);
      if (file === "turned.pdf") assert.deepEqual(page.map(Math.round), [560, 170]);
      found.push(...boxes);
    }
    const told = `${file}: ${JSON.stringify(found)}`;
    assert.ok(found.every(({ ink }) => ink > 0.05 && ink < 0.6), told);
    // Words do not reach beyond their box: an offset of a few points would show here.
    assert.ok(found.every(({ ink, edges }) => edges.every((edge) => edge < 0.25 * ink)), told);
    await ann.screenshot({ path: join(screens, `ink-${file}.png`) });
  }
});

test("nor in the way of whoever reads the analysts' page", async () => {
  const file = join(report.place, "analysis.html");
  chartsift("summarize", report.out, "--format", "html", "--out", file);
  const page = await browser.newPage({ bypassCSP: true });
  await page.goto(`file://${file}`);
  // A row looks like the next; all of them would take minutes.
  await page.evaluate(() => document.querySelectorAll("tbody tr:nth-child(n+4)").forEach((row) => row.remove()));
  await page.evaluate(axe);
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    assert.deepEqual(told((await page.evaluate(() => axe.run())).violations), [], colorScheme);
    // The list of cases that a number leads to.
    await page.evaluate(() => document.querySelector("td a[href^='#cases']").click());
    await page.waitForSelector("#cases:not([hidden]) li");
    assert.deepEqual(told((await page.evaluate(() => axe.run("#cases"))).violations), [], `cases, ${colorScheme}`);
    await page.keyboard.press("Escape");
  }
  await page.close();
});

test("nothing stands in the way of whoever uses it: axe finds no violation", async () => {
  const next = await ann.evaluate(async () => (await fetch("/next?queue=low")).url);
  const places = ["/", "/case?id=first-test-block", "/queues", "/queue?name=low", "/quality", "/page?file=0&page=1&kind=medication", next.replace(station.origin, "")];
  const checked = await browser.newContext({ bypassCSP: true, storageState: await ann.context().storageState() });
  const page = await checked.newPage();
  // Colours go by the scheme, the layout by the size.
  for (const [colorScheme, width, height] of [["light", 1280, 800], ["dark", 1280, 800], ["light", 820, 1180]]) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height });
    for (const place of places) {
      await page.goto(station.origin + place);
      await page.evaluate(() => document.querySelectorAll("details").forEach((part) => { part.open = true; }));
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => axe.run());
      assert.deepEqual(told(violations), [], `${place} ${colorScheme} ${width}`);
    }
  }
  await checked.close();
});

test("the station says nothing of a record, and the browser complained of nothing", () => {
  assert.doesNotMatch(station.said(), /gabapentin|alert/);
  assert.deepEqual(trouble, []);
});
