"use strict";
(() => {
  const holder = document.getElementById("data");
  const data = holder ? JSON.parse(holder.textContent) : null;
  const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const MOST = 2000;

  // Sets of case numbers, as the page's maker packed them.
  function unpack(text) {
    const set = new Set();
    if (!text) return set;
    if (text[0] === "b") {
      for (let i = 1; i < text.length; i++) {
        const six = DIGITS.indexOf(text[i]);
        for (let bit = 0; bit < 6; bit++) if (six >> bit & 1) set.add((i - 1) * 6 + bit);
      }
      return set;
    }
    let next = 0, step = 0, shift = 0;
    for (let i = 1; i < text.length; i++) {
      const digit = DIGITS.indexOf(text[i]);
      step |= (digit & 31) << shift;
      shift += 5;
      if (digit < 32) { next += step; set.add(next); next++; step = 0; shift = 0; }
    }
    return set;
  }
  const union = sets => { const all = new Set(); for (const set of sets) for (const n of set) all.add(n); return all; };
  const both = (a, b) => new Set([...a].filter(n => b.has(n)));

  const OF_REASONS = ["reason", "class", "category", "criterion", "curable", "primary"];
  function find(query) {
    const parts = query.split("&").map(part => {
      const at = part.indexOf("=");
      return [part.slice(0, at), decodeURIComponent(part.slice(at + 1))];
    });
    let found = null;
    const keep = set => { found = found ? both(found, set) : set; };
    const kinds = want => keep(union(data.kinds.filter(want).map(kind => unpack(kind.set))));
    const asked = parts.filter(([sort]) => OF_REASONS.includes(sort));
    // With reasons goes the policy that they are of.
    const policy = asked.length ? parts.filter(([sort]) => sort === "policy") : [];
    if (asked.length) kinds(kind => asked.concat(policy).every(([sort, value]) => kind[sort] === value));
    for (const [sort, value] of parts) {
      if (OF_REASONS.includes(sort) || policy.length && sort === "policy") continue;
      if (sort === "all") keep(new Set(data.cases.keys()));
      else if (sort === "also") kinds(kind => kind.reason === value);
      else if (sort === "cures") kinds(kind => kind.cures.includes(value));
      else if (value.endsWith("|any")) {
        const stem = value.slice(0, -3);
        const not = sort === "results" ? ["not_applicable"] : ["through"];
        keep(union(Object.entries(data.sets[sort] || {})
          .filter(([name]) => name.startsWith(stem) && !not.includes(name.slice(stem.length)))
          .map(([, set]) => unpack(set))));
      } else keep(unpack((data.sets[sort] || {})[value]));
    }
    return [...(found || [])].sort((a, b) => a - b);
  }

  const drawer = document.getElementById("cases");
  function show(query) {
    const cases = find(query);
    drawer.querySelector("h2").textContent =
      query === "all=" ? "All cases" : query.split("&").map(part => decodeURIComponent(part).replace("=", ": ")).join(", ").replaceAll("_", " ");
    drawer.querySelector("p").textContent = cases.length > MOST
      ? `${cases.length} cases; the first ${MOST}:` : `${cases.length} case${cases.length === 1 ? "" : "s"}`;
    const list = drawer.querySelector("ol");
    list.textContent = "";
    for (const number of cases.slice(0, MOST)) {
      const own = data.cases[number];
      const [id, report, path] = typeof own === "string" ? [own, 0, `assessments/${own}.md`] : own;
      // Where assessments are rows of a table, there is nothing to lead to.
      const link = document.createElement(path ? "a" : "span");
      if (path) link.href = data.roots[report] + path.split("/").map(encodeURIComponent).join("/");
      link.textContent = id;
      list.append(document.createElement("li"));
      list.lastChild.append(link);
    }
    drawer.hidden = false;
  }
  function follow() {
    const hash = location.hash;
    if (data && hash.startsWith("#cases?")) show(hash.slice(7));
    else drawer.hidden = true;
  }
  const close = () => { history.replaceState(null, "", location.pathname + location.search); drawer.hidden = true; };
  drawer.querySelector("button").addEventListener("click", close);
  addEventListener("keydown", event => { if (event.key === "Escape" && !drawer.hidden) close(); });
  addEventListener("hashchange", follow);

  if (data) for (const mark of document.querySelectorAll("[data-q]")) {
    const href = "#cases?" + mark.dataset.q;
    mark.classList.add("live");
    if (mark.namespaceURI.endsWith("svg")) {
      mark.setAttribute("tabindex", "0");
      mark.setAttribute("role", "link");
      const go = () => { location.hash = href; };
      mark.addEventListener("click", go);
      mark.addEventListener("keydown", event => { if (event.key === "Enter") go(); });
    } else {
      const link = document.createElement("a");
      link.href = href;
      link.append(...mark.childNodes);
      mark.append(link);
    }
  }

  for (const section of document.querySelectorAll("section.table")) {
    const body = section.querySelector("tbody");
    const heads = [...section.querySelectorAll("th")];
    heads.forEach((head, column) => {
      // No button inside: on paper it would not come again with the head of each page.
      head.tabIndex = 0;
      const sort = () => {
        const falling = head.classList.contains("n")
          ? head.getAttribute("aria-sort") !== "descending" : head.getAttribute("aria-sort") === "ascending";
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", falling ? "descending" : "ascending");
        const value = row => {
          const cell = row.cells[column];
          return cell.dataset.s === undefined ? cell.textContent : Number(cell.dataset.s);
        };
        const order = (a, b) => typeof a === "number" ? a - b : a.localeCompare(b);
        const rows = [...body.rows].sort((a, b) => order(value(a), value(b)) * (falling ? -1 : 1));
        body.append(...rows);
      };
      head.addEventListener("click", sort);
      head.addEventListener("keydown", event => {
        if (event.key === "Enter" || event.key === " ") { event.preventDefault(); sort(); }
      });
    });
    const filter = section.querySelector("input");
    if (filter) filter.addEventListener("input", () => {
      const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
      for (const row of body.rows) {
        const text = row.textContent.toLowerCase();
        row.hidden = !words.every(word => text.includes(word));
      }
    });
  }
  follow();
})();
