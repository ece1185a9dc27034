// A report made of the corpus, a station that serves it, and a browser to look at it.

import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, mkdirSync, readFileSync, writeFileSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const project = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const program = process.env.CHARTSIFT ?? join(project, "target/debug/chartsift");
const browserPath = process.env.CHROMIUM ?? "/usr/bin/chromium";

export function chartsift(...args) {
  const done = spawnSync(program, args, { encoding: "utf8" });
  if (done.status !== 0) throw new Error(`chartsift ${args[0]}: ${done.stderr}`);
  return done.stdout;
}

/// Text that would run, break out of an attribute, or turn the line around, if it were not shown as text.
export const HOSTILE = `Medications: gabapentin 300 mg tid for "<script>alert(1)</script>" and 'pain' \u202egnorw\u202c.

Exam: iliac crest tenderness on the left <img src=x onerror=alert(2)> positive.
`;
export const HOSTILE_CASE = `odd <b>"case"</b> & 'co'`;

/// How many programs want each core: where others are at work, all takes longer by as much.
export const busy = () => Math.max(1, loadavg()[0] / cpus().length);

/// A fax of the corpus that is stored on its side and turned by its page, cropped to a few lines: what a
/// reader sees is 560 points wide and 170 high, and begins 30 points from the left and 120 from the top of
/// what was faxed.
function cropped() {
  const fax = readFileSync(join(project, "corpus/faxes/pudendal-question/consultation.pdf"), "latin1");
  const scan = /\n5 0 obj\n(<<[^]*?endstream)/.exec(fax)[1];
  const paint = "q 792 0 0 612 0 0 cm /Im0 Do Q";
  const objects = ["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 792 612] /CropBox [120 30 290 590] /Rotate 90 " +
      "/Contents 4 0 R /Resources << /XObject << /Im0 5 0 R >> >> >>",
    `<< /Length ${paint.length} >>\nstream\n${paint}\nendstream`, scan];
  let pdf = "%PDF-1.4\n";
  const places = objects.map((object, n) => {
    const place = pdf.length;
    pdf += `${n + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(place).padStart(10, "0")} 00000 n \n`;
  });
  const end = pdf.length;
  pdf += `xref\n0 6\n0000000000 65535 f \n${places.join("")}trailer << /Root 1 0 R /Size 6 >>\nstartxref\n${end}\n%%EOF\n`;
  return Buffer.from(pdf, "latin1");
}

/// A folder with a few faxes of the corpus as cases, and a text file that is hostile; with `sheets`, pages
/// beside it that are turned and cropped, or have pixels that are not square; with `failed`, a case of
/// which criteria are not met by what its facts say.
export function folder({ sheets = false, failed = false } = {}) {
  const place = mkdtempSync(join(tmpdir(), "chartsift-e2e-"));
  mkdirSync(join(place, "in"));
  writeFileSync(join(place, "in", "hostile.txt"), HOSTILE);
  const faxes = [
    ["first-test-block", "packet.pdf", "2025-11-17"],
    ["complete-therapeutic", "records.pdf", "2025-10-06"],
    ...(failed ? [["failed-test-block", "visit.pdf", "2025-07-07"]] : []),
  ];
  const quoted = (text) => `"${text.replaceAll('"', '""')}"`;
  const rows = faxes.map(([name, file, day]) =>
    [name, join(project, "corpus/faxes", name, file), day, "64450"].map(quoted).join(","));
  rows.push([HOSTILE_CASE, "in/hostile.txt", "2025-11-01", "64450"].map(quoted).join(","));
  if (sheets) {
    writeFileSync(join(place, "in", "turned.pdf"), cropped());
    const standard = join(project, "corpus/faxes/bare-order/order.pdf");
    for (const path of ["in/turned.pdf", standard]) {
      rows.push([HOSTILE_CASE, path, "2025-11-01", "64450"].map(quoted).join(","));
    }
  }
  writeFileSync(join(place, "manifest.csv"), ["case_id,path,as_of,cpt", ...rows].join("\n") + "\n");
  const out = join(place, "out");
  const run = (...more) => chartsift("run", "--manifest", join(place, "manifest.csv"), "--out", out, "--ocr-engine", "tesseract", ...more);
  run();
  return { place, out, run, remove: () => rmSync(place, { recursive: true, force: true }) };
}

/// Serves a report; yields each reviewer's address.
export async function serve(out, reviewers) {
  const names = reviewers.flatMap((name) => ["--reviewer", name]);
  const station = spawn(program, ["review", out, "--port", "0", ...names]);
  let said = "";
  const addresses = await new Promise((done, failed) => {
    station.on("exit", (code) => failed(new Error(`the station ended with ${code}: ${said}`)));
    station.stderr.on("data", (bytes) => {
      said += bytes;
      const found = [...said.matchAll(/: (http:\S+)/g)].map((match) => match[1]);
      if (found.length === reviewers.length && said.includes("Ctrl-C")) done(found);
    });
  });
  return { addresses, origin: new URL(addresses[0]).origin, said: () => said, end: () => station.kill() };
}

export const browse = () => chromium.launch({ executablePath: browserPath, args: ["--no-sandbox"] });

/// A browser of one reviewer, which tells of everything that goes wrong in it.
export async function enter(browser, address, trouble) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) trouble.push(message.text());
  });
  page.on("pageerror", (error) => trouble.push(error.message));
  page.on("dialog", (dialog) => { trouble.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  await page.goto(address);
  await page.waitForSelector("h1:has-text('Cases')");
  return page;
}

/// The lines of a table by column.
export function table(text) {
  const rows = [];
  let row = [], cell = "", quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') { cell += '"'; i++; }
      else quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === ",") { row.push(cell); cell = ""; }
    else if (c === "\n") { row.push(cell); rows.push(row); row = []; cell = ""; }
    else cell += c;
  }
  const [columns, ...rest] = rows;
  return rest.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i]])));
}
