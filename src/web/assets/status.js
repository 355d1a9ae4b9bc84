"use strict";
// Draws the answers of the JSON API. Names come from outside, so they become text and attributes, never
// markup. A row is built once and then changed in place, so that nothing flickers. Every address is relative,
// so that the page works behind a proxy's path.

const refreshEvery = 3000; // milliseconds, as the next two
const giveUpAfter = 5000;
const historyEvery = 60000; // the exporter adds an item a minute
const many = 8; // pools; from this number on there is a filter
const tooMany = 12; // pools; beyond this number those without trouble are folded
const eventsShown = 10;
const errorIsNews = 3600000; // milliseconds; an older error of a source that is up is not shown
const severity = { unhealthy: 0, degraded: 1, unknown: 2, healthy: 3, "not judged": 4 };
const latest = { views: [], answered: null, silentSince: null };
let isFolded = true;
let hasEvents = true; // until the exporter answers that it has none

const $ = (id) => document.getElementById(id);
const known = (value) => value !== null && value !== undefined;

function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

const count = (value) => (known(value) ? value.toLocaleString("en") : "–");
const tenths = (value) => count(known(value) ? Math.round(10 * value) / 10 : value);
const moment = (time) => new Date(time).toLocaleString("sv-SE"); // 2025-10-13 14:30:00, in local time
const age = (seconds) => (seconds === 0 ? "live" : known(seconds) ? duration(seconds) : "never read");

const namesOf = (things) => things.slice(0, 3).map((thing) => thing.name).join(", ")
  + (things.length > 3 ? ` and ${count(things.length - 3)} more` : "");

function duration(seconds) {
  if (!known(seconds)) return "–";
  const digits = (value, unit) => `${Number(value.toPrecision(value < 100 ? 2 : 3))} ${unit}`;
  if (seconds === 0) return "0 s";
  if (seconds < 0.001) return digits(seconds * 1e6, "µs");
  if (seconds < 1) return digits(seconds * 1e3, "ms");
  if (seconds < 10) return digits(seconds, "s");
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} m ${whole % 60} s`;
  if (whole < 86400) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} m`;
  return `${Math.floor(whole / 86400)} d ${Math.floor((whole % 86400) / 3600)} h`;
}

const isPushed = (kind) => kind === "otlp" || kind === "events";
const plural = (n, word) => `${count(n)} ${word}${n === 1 ? "" : "s"}`;
const sentenceCase = (name) => name.replaceAll("_", " ");

// Returns what there is to explain of a pool; null if all is well with it, or nothing is known.
function explanation(isIll, waiting, diagnosis) {
  if (!diagnosis) return null;
  const isWell = diagnosis.verdict === "ok" || (diagnosis.verdict === "unknown" && !(waiting > 0));
  return isIll || !isWell ? diagnosis : null;
}

// Returns a pool's last error with its time; the time alone if `sentence` has the same words.
function errorOf({ last_error: error, last_error_time: time }, sentence = "") {
  if (!error) return "";
  return sentence.includes(error.slice(-40)) ? moment(time) : `${moment(time)}: ${error}`;
}

// Returns one pool as the page shows it: its statistics, its health and its diagnosis.
function viewOf(name, stats, judged = { status: "unknown", reasons: [], message: "" }, diagnosis = undefined) {
  const counts = stats.pool_statistics;
  const labels = Object.entries(stats.labels || {}).map(([label, value]) => `${label}=${value}`);
  const database = stats.driver === "sqlite" ? stats.database?.split("/").pop() : stats.database;
  const origin = [stats.driver || stats.kind, database, ...labels].filter(Boolean).join(" · ");
  const isIll = judged.status === "unhealthy" || judged.status === "degraded";
  const explained = explanation(isIll, counts.waiting_requests, diagnosis);
  const isUnread = judged.judged === null && diagnosis?.verdict === "unknown";
  const message = isUnread ? diagnosis.sentence.split(": ")[0] : judged.message;
  const isQuiet = judged.status === "healthy" || judged.judged === false;
  return {
    name, origin, kind: stats.kind, explained,
    canFold: isQuiet && !explained && !(counts.waiting_requests > 0) && !(stats.leaked > 0),
    status: judged.status, lifecycle: stats.lifecycle,
    severity: severity[judged.judged === false ? "not judged" : judged.status],
    reasons: judged.reasons.join(", "),
    message: judged.status !== "healthy" || counts.waiting_requests > 0 ? message : "",
    error: isIll ? errorOf(counts, explained?.sentence) : "",
    isPaused: stats.paused || stats.disabled, isProbeOnly: stats.probe_only === true,
    active: counts.active_connections, idle: counts.idle_connections,
    max: stats.total_capacity, isCountedInTarget: stats.counted_in_target,
    waiting: counts.waiting_requests, oldestWaiter: stats.oldest_waiter_seconds,
    ...stats.acquisition_seconds_5m, // p50, p95, p99
    leaks: stats.leaked, age: stats.last_read_age_seconds, isPushed: isPushed(stats.kind),
    words: [name, stats.source, origin, judged.status, explained?.verdict].join(" ").toLowerCase(),
  };
}

// Columns: `fill` creates a cell's content once and returns the function that updates it.

function textCell(text, isLoud = () => false) {
  return (cell) => (view) => {
    setText(cell, text(view));
    cell.classList.toggle("loud", isLoud(view));
  };
}

function poolCell(cell) {
  const [link, origin] = [element("a"), element("small", "minor")];
  cell.append(link, origin);
  return (view) => {
    setText(link, view.name);
    setText(origin, view.origin);
    origin.title = view.origin;
    link.href = `./connections/pools/stats/${encodeURIComponent(view.name)}`;
  };
}

function healthCell(cell) {
  const [status, paused, probe, ...lines] = ["status", "tag degraded", "tag probe", "minor", "minor", "minor"]
    .map((each) => element("span", each));
  cell.append(status, paused, probe, ...lines);
  return (view) => {
    status.className = `status ${view.status}`;
    setText(status, view.status);
    setText(paused, view.isPaused ? "paused" : "");
    setText(probe, view.isProbeOnly ? "probe only" : "");
    setText(lines[0], view.message);
    setText(lines[1], view.reasons && `reasons: ${view.reasons}`);
    setText(lines[2], view.error && `last error ${view.error}`);
  };
}

function connectionsCell(cell) {
  const [used, free, active, idle] = ["", "quiet", "in-use", "is-idle"].map((each) => element("span", each));
  const bar = element("div", "bar", active, idle);
  cell.append(element("div", "amounts", used, free), bar);
  return (view) => {
    const whole = Math.max(view.max || 0, (view.active || 0) + (view.idle || 0), 1);
    setText(used, known(view.max) ? `${count(view.active)} / ${count(view.max)}` : count(view.active));
    setText(free, known(view.idle) ? `${count(view.idle)} idle` : "");
    active.style.width = `${(100 * (view.active || 0)) / whole}%`;
    idle.style.width = `${(100 * (view.idle || 0)) / whole}%`;
    bar.hidden = !known(view.active) || !known(view.max);
  };
}

function waitingCell(cell) {
  const [waiting, oldest] = [element("span"), element("span", "minor")];
  cell.append(waiting, oldest);
  return (view) => {
    setText(waiting, count(view.waiting));
    waiting.classList.toggle("loud", view.waiting > 0);
    setText(oldest, view.waiting > 0 && known(view.oldestWaiter) ? `for ${duration(view.oldestWaiter)}` : "");
  };
}

// Returns the error of a source: the one that it has now, or one of the last hour with its time.
function sourceError({ up, last_error: error, last_error_time: time }) {
  if (!error || !time) return error || "";
  return up === false || Date.now() - Date.parse(time) < errorIsNews ? `${moment(time)}: ${error}` : "";
}

function pushedWords({ kind, pushed }) {
  if (!pushed) return "";
  const rejected = Object.entries(pushed.rejected).filter(([, n]) => n > 0)
    .map(([reason, n]) => `${count(n)} rejected (${sentenceCase(reason)})`);
  const used = `${plural(pushed.used, kind === "otlp" ? "point" : "line")} used`;
  return [used, ...rejected, known(pushed.lost) && `${count(pushed.lost)} lost`].filter(Boolean).join(", ");
}

function troubleCell(cell) {
  const [error, pushed, hints] = ["", "minor pushed", "minor hints"].map((each) => element("span", each));
  cell.append(error, pushed, hints);
  return (source) => {
    const [words, hint] = [pushedWords(source), source.hints.join("; ")];
    setText(error, sourceError(source) || (words || hint ? "" : "–"));
    error.className = source.up === true ? "quiet" : "";
    setText(pushed, words);
    setText(hints, hint);
  };
}

// Returns who holds a leaked session of a server: application, user and database, what it does, since when.
function holderOf({ application, user, database, state, last_query_start: last }) {
  const names = [application || "no application_name", [user, database].filter(Boolean).join("@")];
  return [...names, state, last && `last query ${moment(last)}`].filter(Boolean).join(" · ");
}

function holderCell(cell) {
  const [holder, statement] = [element("span"), element("code")];
  const cure = element("span", "minor", "To end the session: ", statement);
  cell.append(holder, cure);
  return (leak) => {
    setText(holder, leak.pid ? holderOf(leak) : [leak.site, ...(leak.stack || [])].join("  ←  "));
    setText(statement, `select pg_terminate_backend(${leak.pid})`);
    cure.hidden = !leak.pid;
  };
}

const durations = /^mean_use|seconds/, shares = /^utilization|share/;
const flags = /^(up|paused|disabled|last_con.*_ok)$/;

// Writes a figure of a diagnosis in the unit that its name implies.
function measured(figure, value) {
  if (durations.test(figure)) return duration(value);
  if (shares.test(figure)) return `${Math.round(100 * value)} %`;
  return flags.test(figure) ? (value ? "yes" : "no") : tenths(value);
}

function evidenceWords({ figure, value, bound }) {
  const against = known(bound) && !flags.test(figure) ? ` (bound ${measured(figure, bound)})` : "";
  return `${sentenceCase(figure)} ${measured(figure, value)}${against}`;
}

const unsizable = ["leak", "slow_use", "database_down", "paused"]; // verdicts for which no size is a cure

function sizeWords({ verdict, needed_size: size, demand }, max) {
  if (!known(size) || unsizable.includes(verdict)) return "";
  return `${count(size)}${known(max) ? `, now ${count(max)}` : ""} (${tenths(demand)} wanted at once)`;
}

function diagnosisCell(cell) {
  const [verdict, sentence, list] = [element("span", "verdict"), element("span"), element("dl")];
  const facts = ["Next step", "Size needed", "Evidence", "Runbook"].map((label) => {
    const fact = element("dd");
    list.append(element("div", "", element("dt", "", label), fact));
    return fact;
  });
  cell.append(element("p", "", verdict, " ", sentence), list);
  return ({ explained, max }) => {
    cell.parentElement.hidden = !explained;
    if (!explained) return;
    setText(verdict, `${sentenceCase(explained.verdict)}:`);
    setText(sentence, explained.sentence);
    const words = [explained.next_step, sizeWords(explained, max), explained.evidence.map(evidenceWords).join(", "),
      explained.runbook];
    facts.forEach((fact, index) => {
      setText(fact, words[index] || "");
      fact.parentElement.hidden = !words[index];
    });
  };
}

const number = { number: true, descending: true }; // aligned to the right; the highest first
const poolColumns = [
  { key: "pool", label: "Pool", value: (view) => view.name, fill: poolCell },
  { key: "health", label: "Health", value: (view) => view.severity, fill: healthCell },
  { key: "lifecycle", label: "Lifecycle", value: (view) => view.lifecycle,
    fill: textCell((view) => view.lifecycle || "–") },
  { key: "connections", label: "Active / max", descending: true, fill: connectionsCell,
    value: (view) => (view.max && known(view.active) ? view.active / view.max : null) },
  { key: "waiting", label: "Waiting", ...number, value: (view) => view.waiting, fill: waitingCell },
  ...["p50", "p95", "p99"].map((key) => ({
    key, label: `Acquire ${key}`, ...number, value: (view) => view[key],
    fill: textCell((view) => duration(view[key])) })),
  { key: "leaks", label: "Leaks", ...number, value: (view) => view.leaks,
    fill: textCell((view) => count(view.leaks), (view) => view.leaks > 0) },
  { key: "history", label: "Last hour", fill: () => () => {} },
  { key: "age", label: "Data age", ...number, value: (view) => view.age, 
    fill: textCell((view) => (view.isPushed ? "pushed" : age(view.age))) },
];
const leakColumns = [
  { key: "pool", label: "Pool", fill: textCell((leak) => leak.pool) },
  { key: "lease", label: "Lease or pid", number: true, fill: textCell((leak) => String(leak.pid || leak.lease)) },
  { key: "connection", label: "Connection, client",
    fill: textCell((leak) => leak.client || (leak.pid ? "" : leak.connection_id) || "–") },
  { key: "held", label: "Held for", number: true, fill: textCell((leak) => duration(leak.age_seconds)) },
  { key: "wide", label: "Acquired at, held by", fill: holderCell },
];
const eventColumns = [
  { key: "time", label: "Time", fill: textCell((event) => moment(event.timestamp)) },
  { key: "kind", label: "Event", fill: textCell((event) => sentenceCase(event.kind)) },
  { key: "pool", label: "Pool or source", fill: textCell((event) => event.pool || event.source || "–") },
  { key: "wide", label: "What happened", fill: textCell((event) => event.message || "–") },
];
const sourceColumns = [
  { key: "source", label: "Source", fill: textCell((source) => source.name) },
  { key: "kind", label: "Kind", fill: textCell((source) => source.kind) },
  { key: "up", label: "State", fill: textCell(
    (source) => ({ true: "up", false: "down" })[source.up] || "not read yet", (source) => source.up === false) },
  { key: "pools", label: "Pools", number: true, fill: textCell((source) => count(source.pools)) },
  { key: "age", label: "Data age", number: true, fill: textCell(
    ({ pushed, last_success_age_seconds: seconds }) => (pushed ? plural(pushed.senders, "sender") : age(seconds))) },
  { key: "wide", label: "Last error, hints", fill: troubleCell },
];

function cellOf(column, index, isHead) {
  const cell = element(isHead || index === 0 ? "th" : "td", column.number ? `${column.key} number` : column.key);
  cell.setAttribute("role", isHead ? "columnheader" : index === 0 ? "rowheader" : "cell");
  if (cell.tagName === "TH") cell.scope = isHead ? "col" : "row";
  else cell.dataset.label = column.label;
  return cell;
}

// A table with one row per key: builds it when the key appears, changes it in place, removes it with the key.
// Each row is a <tbody>, which can have a second row across the table: `fillBelow` fills and hides that one.
class Table {
  constructor(table, columns, fillBelow = null) {
    this.table = table;
    this.columns = columns;
    this.fillBelow = fillBelow;
    this.entries = new Map();
    this.heads = columns.map((column, index) => cellOf(column, index, true));
    this.heads.forEach((head, index) => setText(head, columns[index].label));
    table.tHead.append(this.rowOf(this.heads));
  }

  rowOf(cells) {
    const row = element("tr", "", ...cells);
    row.setAttribute("role", "row"); // explicit, because the style sheet may change how it is displayed
    return row;
  }

  build() {
    const cells = this.columns.map((column, index) => cellOf(column, index, false));
    const updates = this.columns.map((column, index) => column.fill(cells[index]));
    const row = element("tbody", "", this.rowOf(cells));
    row.setAttribute("role", "rowgroup");
    if (this.fillBelow) {
      const cell = cellOf({ key: "diagnosis", label: "Diagnosis" }, 1, false);
      cell.colSpan = this.columns.length;
      row.append(this.rowOf([cell]));
      updates.push(this.fillBelow(cell));
    }
    return { row, updates };
  }

  // Shows `views`, pairs [key, view], in their order.
  show(views) {
    const gone = new Set(this.entries.keys());
    const focused = document.activeElement;
    let place = this.table.tHead.nextElementSibling;
    for (const [key, view] of views) {
      if (!gone.delete(key)) this.entries.set(key, this.build());
      const entry = this.entries.get(key);
      entry.view = view;
      entry.updates.forEach((update) => update(view));
      if (entry.row === place) place = place.nextElementSibling;
      else this.table.insertBefore(entry.row, place);
    }
    gone.forEach((key) => this.entries.get(key).row.remove());
    gone.forEach((key) => this.entries.delete(key));
    if (focused !== document.activeElement && focused.isConnected) focused.focus({ preventScroll: true });
    this.table.hidden = views.length === 0;
  }
}

const pools = new Table($("pools"), poolColumns, diagnosisCell);
const leaks = new Table($("leaks"), leakColumns);
const events = new Table($("events"), eventColumns);
const sources = new Table($("sources"), sourceColumns);

const order = { column: poolColumns[1], descending: false };

function compare(a, b) {
  const [left, right] = [order.column.value(a), order.column.value(b)];
  const byName = a.name.localeCompare(b.name, "en", { numeric: true });
  if (!known(left) || !known(right)) return known(right) - known(left) || byName;
  const difference = typeof left === "string" ? left.localeCompare(right, "en", { numeric: true }) : left - right;
  return (order.descending ? -difference : difference) || byName;
}

// Shows or hides the button that folds the pools without trouble; a filter searches those too. Returns
// whether they are folded now.
function offerToFold(isFiltering) {
  const folding = latest.views.filter((view) => view.canFold);
  const kind = folding.every((view) => view.status === "healthy") ? "healthy" : "healthy or not judged";
  $("fold").hidden = isFiltering || latest.views.length <= tooMany || folding.length === 0;
  $("fold").ariaExpanded = String(!isFolded);
  setText($("fold"), `${isFolded ? "Show" : "Fold"} ${count(folding.length)} ${kind}`);
  return isFolded && !$("fold").hidden;
}

function arrange() {
  const wanted = $("filter").value.toLowerCase().split(/\s+/);
  const isFiltering = $("filter").value !== "";
  const foldsNow = offerToFold(isFiltering);
  const isShown = (view) => !(foldsNow && view.canFold) && wanted.every((word) => view.words.includes(word));
  const shown = latest.views.filter(isShown).sort(compare);
  pools.show(shown.map((view) => [view.name, view]));
  for (const { row, view } of pools.entries.values()) {
    row.className = view.status === "unhealthy" || view.status === "degraded" ? `is-${view.status}` : "";
    visibility.observe(row);
  }
  const all = latest.views.length;
  $("tools").hidden = all < many && !isFiltering; // so that an active filter can be removed
  setText($("pools-shown"), shown.length === all ? "" : `${count(shown.length)} of ${count(all)}`);
  const none = foldsNow ? "No pool needs attention."
    : all ? "No pool matches the filter." : "No pool is known yet.";
  setText($("no-pools"), shown.length ? "" : none);
}

function sortBy(column, descending = Boolean(column.descending)) {
  Object.assign(order, { column, descending });
  pools.heads.forEach((head, index) => {
    head.ariaSort = poolColumns[index] !== column ? null : descending ? "descending" : "ascending";
  });
  $("sort").value = column.key;
  isFolded &&= column === poolColumns[1]; // in another order than by health, every pool matters
  arrange();
}

function addSorting() {
  for (const column of poolColumns.filter((each) => each.value)) {
    const button = element("button", "", column.label);
    button.type = "button";
    button.onclick = () => sortBy(column, order.column === column ? !order.descending : undefined);
    pools.heads[poolColumns.indexOf(column)].replaceChildren(button);
    $("sort").append(new Option(column.label, column.key));
  }
  $("sort").onchange = () => sortBy(poolColumns.find((column) => column.key === $("sort").value));
  $("filter").oninput = arrange;
  $("fold").onclick = () => {
    isFolded = !isFolded;
    arrange();
  };
  $("tools").onsubmit = (event) => event.preventDefault();
}

// Sparklines are fetched for visible rows only, one after the other: once a minute, and when a status
// changes.
const visibleRows = new Set();
const visibility = new IntersectionObserver((changes) => {
  for (const { target, isIntersecting } of changes) visibleRows[isIntersecting ? "add" : "delete"](target);
  drawHistories();
}, { rootMargin: "100% 0px" });

let isDrawing = false;
async function drawHistories() {
  if (isDrawing) return;
  isDrawing = true;
  const isDue = ({ row, view, drawn }) =>
    visibleRows.has(row) && !(Date.now() - drawn?.at < historyEvery && drawn.status === view.status);
  for (let due; !latest.silentSince && (due = [...pools.entries.values()].find(isDue)); ) {
    due.drawn = { at: Date.now(), status: due.view.status };
    try {
      const told = await fetched(`./connections/pools/history/${encodeURIComponent(due.view.name)}?hours=1`);
      due.row.querySelector(".history").replaceChildren(sparkline(told, due.view.max));
    } catch {
      // Tried again when it is due. The refresh reports an exporter that does not answer.
    }
  }
  isDrawing = false;
}

function svgElement(tag, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

// Returns the runs of consecutive items with a known number in use; an outage separates two runs.
function stretches(items, interval) {
  const runs = [];
  let before = null;
  for (const item of items) {
    const time = Date.parse(item.timestamp);
    if (!known(item.active)) {
      before = null;
      continue;
    }
    if (before === null || time - before > 1900 * interval) runs.push([]);
    runs.at(-1).push(item);
    before = time;
  }
  return runs;
}

// Draws 100 units wide: connections and waiting callers above the floor at 20, bad minutes as lines below it.
function sparkline({ history: items, interval_seconds: interval }, max) {
  const end = Math.max(...items.map((item) => Date.parse(item.timestamp)));
  const highest = Math.max(max || 1, ...items.flatMap((item) => [item.active || 0, item.waiting || 0]));
  const x = (item) => Math.max(0, 100 * (1 - (end - Date.parse(item.timestamp)) / 3600000)).toFixed(1);
  const y = (value) => (20 * (1 - value / highest)).toFixed(1);
  const area = (run) => `M${x(run[0])} 20${run.map((item) => `L${x(item)} ${y(item.active)}`).join("")}V20`;
  const during = (status) => items.map((item) =>
    (item.status === status ? `M${x(item) - 1.7} 24H${x(item)}` : "")).join("");
  const most = (key) => count(Math.max(0, ...items.map((item) => item[key] || 0)));
  const paths = {
    "floor": "M0 20H100",
    "in-use": stretches(items, interval).map(area).join(""),
    "queue": items.map((item) => (item.waiting > 0 ? `M${x(item)} 20V${y(item.waiting)}` : "")).join(""),
    "was-degraded": during("degraded"),
    "was-unhealthy": during("unhealthy"),
  };
  const label = `in the last hour at most ${most("active")} active, ${most("waiting")} waiting`;
  const size = { viewBox: "0 0 100 26", preserveAspectRatio: "none" };
  const svg = svgElement("svg", { ...size, role: "img", "aria-label": label });
  svg.append(...Object.entries(paths).map(([name, d]) => svgElement("path", { class: name, d })));
  return svg;
}

// Returns the sum of the known values; null if none is known.
const sum = (views, key) => views.map((view) => view[key]).filter(known)
  .reduce((total, value) => total + value, null);

function showFigure(id, text, detail) {
  setText($(id), text);
  setText($(id).nextElementSibling, detail);
}

// Counts each connection once: a server sees those of the pools and poolers before it, too.
function showInUse(everyView) {
  const isServer = (view) => view.kind === "pg_stat_activity";
  const wholes = everyView.filter((view) => !view.isCountedInTarget);
  const pooled = wholes.filter((view) => !isServer(view));
  const sessions = pooled.length ? sum(wholes.filter(isServer), "active") : null;
  const views = pooled.length ? pooled : wholes;
  const bounded = views.filter((view) => known(view.active) && known(view.max));
  const beside = sum(views.filter((view) => !known(view.max)), "active");
  const idle = sum(views, "idle");
  const text = bounded.length ? `${count(sum(bounded, "active"))} / ${count(sum(bounded, "max"))}` : count(beside);
  const more = bounded.length && beside !== null ? `${count(beside)} more without a max` : "";
  const server = sessions === null ? "" : `${count(sessions)} active by the server's own count`;
  showFigure("in-use", text, [idle === null ? "" : `${count(idle)} idle`, more, server].filter(Boolean).join(", "));
}

function showSourcesUp(everySource, down) {
  const unread = everySource.filter((source) => !known(source.up)).length;
  const up = everySource.filter((source) => source.up === true).length;
  const words = [down.length && `${count(down.length)} down: ${namesOf(down)}`,
    unread && `${count(unread)} not read yet`].filter(Boolean);
  showFigure("up", `${count(up)} / ${count(everySource.length)}`, words.join(", "));
}

// The icon has the colour of the status.
function showStatus(status, words = status) {
  $("overall").className = `status ${status}`;
  setText($("overall"), words);
  const color = getComputedStyle(document.documentElement).getPropertyValue(`--${status}`).trim();
  const dot = `<circle cx='8' cy='8' r='7' fill='${encodeURIComponent(color)}'/>`;
  const icon = `data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'>${dot}</svg>`;
  if ($("icon").getAttribute("href") !== icon) $("icon").href = icon;
}

function showFigures(views, everySource, status) {
  const statuses = ["unhealthy", "degraded", "unknown", "healthy"];
  const tally = statuses.map((each) => [views.filter((view) => view.status === each).length, each]);
  const words = tally.filter(([n]) => n > 0).map(([n, each]) => `${count(n)} ${each}`).join(", ") || "no pools";
  const slowest = views.filter((view) => !view.isProbeOnly).reduce((worst, view) =>
    (known(view.p95) && view.p95 > (worst.p95 ?? -1) ? view : worst), {});
  const down = everySource.filter((source) => source.up === false);
  const probedDown = down.filter((source) => source.kind !== "owned"); // owned pools report health
  const warning = probedDown.length ? `${plural(probedDown.length, "source")} down` : "";
  showStatus(status);
  setText($("down"), warning && `${warning}: ${namesOf(probedDown)}`);
  setText($("tally"), words);
  showInUse(views);
  showFigure("waiting", count(sum(views, "waiting")), namesOf(views.filter((view) => view.waiting > 0)));
  showFigure("slowest", duration(slowest.p95), slowest.name || "no acquisition in five minutes");
  showFigure("leaking", count(sum(views, "leaks")), namesOf(views.filter((view) => view.leaks > 0)));
  showSourcesUp(everySource, down);
  $("up").classList.toggle("loud", probedDown.length > 0);
  document.title = [warning, words, "dbpool_exporter"].filter(Boolean).join(" – ");
}

function showSources(everySource) {
  const isTelling = (source) => source.kind !== "owned" || source.up !== true || sourceError(source)
    || source.hints.length;
  const listed = everySource.length < many ? everySource : everySource.filter(isTelling);
  sources.show(listed.map((source) => [source.name, source]));
  const rest = everySource.length - listed.length;
  setText($("quiet-sources"), rest ? `Not listed because up and without an error: ${count(rest)} more.` : "");
}

// Says that nothing is held for too long only of pools whose source reports it.
function showLeaks(found, views) {
  leaks.show(found.map((leak) => [`${leak.pool} ${leak.lease}`, leak]));
  const reporting = views.filter((view) => known(view.leaks)).length;
  const none = reporting === 0 ? "No pool here reports how long its connections are held."
    : `No connection is held for longer than allowed${reporting < views.length
      ? `, in the ${count(reporting)} of ${plural(views.length, "pool")} that report it` : ""}.`;
  setText($("no-leaks"), found.length ? "" : none);
}

function showEvents(found) {
  $("recent").hidden = !found;
  if (!found) return;
  const repeats = new Map();
  const keyOf = ({ timestamp, kind, source, pool }) => {
    const key = [timestamp, kind, source, pool].join(" ");
    repeats.set(key, (repeats.get(key) || 0) + 1);
    return `${key} ${repeats.get(key)}`;
  };
  events.show(found.slice(0, eventsShown).map((event) => [keyOf(event), event]));
  const older = found.length - eventsShown;
  setText($("more-events"), found.length === 0 ? "Nothing happened in the last hour."
    : older > 0 ? `${plural(older, "older event")} not shown.` : "");
}

async function fetched(path) {
  const answer = await fetch(path, { signal: AbortSignal.timeout(giveUpAfter) });
  if (!answer.ok) throw Object.assign(new Error(`${path}: ${answer.status}`), { status: answer.status });
  return answer.json();
}

// Returns the events of the last hour; null if this exporter has none to give.
async function fetchedEvents() {
  if (!hasEvents) return null;
  try {
    return (await fetched("./connections/pools/events?minutes=60")).events;
  } catch (error) {
    if (error.status !== 404) throw error;
    hasEvents = false;
    return null;
  }
}

async function read() {
  const [stats, health, diagnosis, suspects, happened] = await Promise.all(
    [...["stats", "health", "diagnosis", "leaks"].map((what) => fetched(`./connections/pools/${what}`)),
      fetchedEvents()]);
  performance.clearMarks();
  performance.mark("answered");
  Object.assign(latest, { answered: Date.now(), silentSince: null });
  return { stats, health, diagnosis, suspects, happened };
}

function draw({ stats, health, diagnosis, suspects, happened }) {
  const judged = new Map(health.pools.map((pool) => [pool.name, pool]));
  const diagnosed = new Map(diagnosis.diagnoses.map((each) => [each.pool, each]));
  latest.views = Object.entries(stats.pools)
    .map(([name, pool]) => viewOf(name, pool, judged.get(name), diagnosed.get(name)));
  arrange();
  showLeaks(suspects.leaks, latest.views);
  showEvents(happened);
  showSources(stats.sources);
  showFigures(latest.views, stats.sources, health.overall_status);
  performance.clearMeasures();
  performance.measure("draw", "answered");
}

function showContact(complaint = "", words = "") {
  document.body.classList.toggle("stale", complaint !== "");
  setText($("updated"), latest.answered ? `as of ${moment(latest.answered)}` : "not read yet");
  setText($("banner"), complaint);
  if (!complaint) return;
  showStatus("unknown", words); // the last status may be out of date
  document.title = `${words} – dbpool_exporter`;
}

function showSilence(error) {
  const { answered } = latest;
  const silentSince = latest.silentSince ??= answered ?? Date.now();
  const problem = { TimeoutError: "no answer in time", TypeError: "no connection" }[error.name] || error.message;
  const complaint = `The exporter has not answered since ${moment(silentSince)} (${problem}).`;
  showContact(`${complaint}${answered ? " The figures below are from before." : ""}`, "no answer");
}

function show(told) {
  try {
    draw(told);
    showContact();
    drawHistories();
  } catch (error) {
    console.error(error);
    showContact(`The exporter answers, but this page failed to draw it (${error.message}).`, "page error");
  }
}

function keepRefreshing() {
  read().then(show, showSilence).finally(() => setTimeout(keepRefreshing, refreshEvery));
}

addSorting();
sortBy(order.column);
keepRefreshing();
