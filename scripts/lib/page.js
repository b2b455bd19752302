"use strict";
// The page of f2b-html. All that comes from logs is put in as text, never as markup.
const data = JSON.parse(document.getElementById("data").textContent);
const about = data.about;
const colors = ["#2f81c4", "#e69f00", "#1fa37a", "#cc79a7", "#7cc4ee", "#d9642b", "#999999"];
const days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const $ = id => document.getElementById(id);
const thousands = n => String(n).replace(/\B(?=(\d{3})+$)/g, ",");
const clock = at => new Date(at * 1000).toISOString().slice(0, 16).replace("T", " "); // local times already

// visible shows control and format characters, which could turn a line around, as escapes.
const visible = text => String(text).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, c => {
  const code = c.codePointAt(0);
  return code < 256 ? "\\x" + code.toString(16).padStart(2, "0") : "\\u{" + code.toString(16) + "}";
});

// add appends an element with attributes to a parent.
function add(parent, name, attributes = {}, text) {
  const svg = name === "svg" || parent.namespaceURI === "http://www.w3.org/2000/svg";
  const element = svg ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  parent.append(element);
  return element;
}

function step(width) {
  for (const [seconds, name] of [[604800, "week"], [86400, "day"], [3600, "hour"], [60, "minute"]])
    if (width % seconds === 0) return width === seconds ? name : `${width / seconds} ${name}s`;
}

function figure(title, about, wide) {
  const box = add($("charts"), "figure", wide ? { class: "wide" } : {});
  add(box, "figcaption", {}, title);
  return add(box, "svg", { role: "img", "aria-label": `${title}: ${about}` });
}

// nice is a round number that is not below n.
function nice(n) {
  const power = 10 ** Math.floor(Math.log10(Math.max(n, 1)));
  return [1, 2, 4, 6, 8, 10].map(f => f * power).find(v => v >= n);
}

// overTime draws columns with a part for each jail.
function overTime(title, kind) {
  const sums = data[kind].map(row => row.reduce((a, b) => a + b, 0));
  const most = Math.max(...sums);
  if (!(most > 0)) return;
  const svg = figure(`${title} every ${step(about.width)}`,
    `at most ${thousands(most)}; ` + data.totals.map(t => `${t.jail} ${thousands(t[kind])}`).join(", "), true);
  const width = svg.clientWidth || 600, height = 200, left = 46, bottom = 22, top = nice(most);
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const y = n => (height - bottom) - n / top * (height - bottom - 8);
  for (const n of top === 1 ? [0, 1] : [0, top / 2, top]) {
    add(svg, "line", { class: "grid", x1: left, x2: width, y1: y(n), y2: y(n) });
    add(svg, "text", { x: left - 6, y: y(n) + 4, "text-anchor": "end" }, thousands(n));
  }
  const each = (width - left) / sums.length;
  data[kind].forEach((row, i) => {
    const group = add(svg, "g");
    let below = 0;
    row.forEach((n, j) => {
      if (n > 0) add(group, "rect", { x: left + i * each, y: y(below + n), width: Math.max(each * 0.9, 0.5), height: y(below) - y(below + n), fill: colors[j] });
      below += n;
    });
    const parts = row.map((n, j) => n > 0 ? `\n${data.jails[j]} ${thousands(n)}` : "").join("");
    add(group, "title", {}, `${clock(data.times[i])}: ${thousands(sums[i])}${parts}`);
  });
  const date = about.width < 86400 ? at => clock(at).slice(5) : at => clock(at).slice(0, 10);
  const room = Math.max(1, Math.floor((width - left) / 110)), every = Math.ceil(sums.length / room);
  for (let i = 0; i < sums.length; i += every) {
    add(svg, "line", { class: "grid", x1: left + i * each, x2: left + i * each, y1: height - bottom, y2: height - bottom + 5 });
    const x = left + i * each;
    add(svg, "text", { x: Math.min(x, width - 75), y: height - 4 }, date(data.times[i]));
  }
  const legend = add(svg.parentNode, "ul", { class: "legend" });
  data.totals.forEach((t, j) => {
    if (t[kind] === 0) return;
    const item = add(legend, "li");
    add(add(item, "svg", { viewBox: "0 0 1 1", "aria-hidden": "true" }), "rect", { width: 1, height: 1, fill: colors[j] });
    item.append(`${t.jail} ${thousands(t[kind])}`);
  });
}

function networks() {
  const list = data.networks;
  if (list.length === 0) return;
  const svg = figure("The busiest networks (/24, /48)", "failures; " + list.map(n => `${n.network} ${thousands(n.failures)}`).join(", "));
  const width = svg.clientWidth || 500, row = 22, left = 150, right = 62;
  svg.setAttribute("viewBox", `0 0 ${width} ${list.length * row}`);
  list.forEach((n, i) => {
    add(svg, "text", { class: "value", x: 0, y: i * row + 15 }, n.network);
    const length = Math.max(1, n.failures / list[0].failures * (width - left - right));
    add(svg, "rect", { x: left, y: i * row + 4, width: length, height: row - 8, fill: colors[0] });
    add(svg, "text", { x: left + length + 6, y: i * row + 15 }, thousands(n.failures));
  });
}

function hours() {
  const most = Math.max(...data.hours.flat());
  const total = data.hours.map(row => row.reduce((a, b) => a + b, 0));
  const svg = figure(`Failures by hour and weekday (${data.zone})`, days.map((d, i) => `${d} ${thousands(total[i])}`).join(", "));
  const width = svg.clientWidth || 500, left = 34, cell = (width - left) / 24, row = 32;
  svg.setAttribute("viewBox", `0 0 ${width} ${7 * row + 22}`);
  data.hours.forEach((values, d) => {
    add(svg, "text", { x: 0, y: d * row + row / 2 + 4 }, days[d]);
    values.forEach((n, h) => {
      const strength = n === 0 ? 0.04 : 0.15 + 0.85 * n / most;
      const box = add(svg, "rect", { x: left + h * cell + 1, y: d * row + 1, width: cell - 2, height: row - 2, rx: 2 });
      box.style.fill = `rgba(var(--cell), ${strength})`;
      add(box, "title", {}, `${days[d]} ${h}:00 to ${h + 1}:00: ${thousands(n)}`);
    });
  });
  for (let h = 0; h < 24; h += 3) add(svg, "text", { x: left + h * cell + 1, y: 7 * row + 16 }, `${h}h`);
}

function lasting(seconds) {
  if (typeof seconds !== "number") return "";
  if (seconds < 0) return "for ever";
  for (const [unit, name] of [[86400, "days"], [3600, "hours"], [60, "minutes"]])
    if (seconds >= 2 * unit) return `for ${Math.floor(seconds / unit)} ${name}`;
  return `for ${Math.floor(seconds)} seconds`;
}

// decision says in words what became of an offender last.
function decision(d) {
  if (!d) return "";
  const words = { ban: "to be banned", banned: "banned", prolonged: "banned longer", unbanned: "unbanned", failed: "could not be banned", ignored: "ignored" };
  const until = d.until ? `${d.type === "unbanned" ? "at" : "until"} ${d.until}` : "";
  return [words[d.type] || d.type, d.type === "unbanned" ? "" : lasting(d.bantime), until,
    d.bancount > 1 ? `(${d.bancount} times)` : "", d.error ? `: ${d.error}` : ""].filter(Boolean).join(" ");
}

const columns = [
  { name: "Address", of: o => o.who, kind: "who" },
  { name: "Jail", of: o => o.jail },
  { name: "Failures", of: o => o.failures, kind: "number" },
  { name: "Bans", of: o => o.bans, kind: "number" },
  { name: "First", of: o => o.first, kind: "time" },
  { name: "Last", of: o => o.last, kind: "time" },
  { name: "Origin", of: o => o.origin || "" },
  { name: "Decision", of: o => decision(o.decision) },
];
const rows = data.offenders.map((o, i) => ({
  offender: o, order: i, values: columns.map(c => c.of(o)), text: "", open: false,
}));
for (const row of rows) row.text = [...row.values, ...row.offender.lines].map(visible).join("\n").toLowerCase();

// put writes a text with what is searched for marked.
function put(parent, text, words) {
  const shown = visible(text), low = shown.toLowerCase();
  let from = 0;
  if (words !== "" && low.length === shown.length)
    for (let at; (at = low.indexOf(words, from)) >= 0; from = at + words.length) {
      parent.append(shown.slice(from, at));
      add(parent, "mark", {}, shown.slice(at, at + words.length));
    }
  parent.append(shown.slice(from));
}

function draw(row, words) {
  const tr = add($("rows"), "tr", { class: "offender", role: "row" });
  columns.forEach((column, i) => {
    const text = column.kind === "number" ? thousands(row.values[i]) : row.values[i];
    const cell = add(tr, "td", { role: "cell", ...(column.kind ? { class: column.kind } : {}) });
    if (i > 0 && text !== "") cell.dataset.name = column.name;
    if (i > 0) return put(cell, text, column.kind === "number" ? "" : words);
    const button = add(cell, "button", { type: "button", "aria-expanded": row.open });
    put(button, text, words);
    button.addEventListener("click", () => { row.open = !row.open; show(); $("rows").querySelectorAll("tr.offender button")[shown.indexOf(row)].focus(); });
  });
  if (!row.open) return;
  const cell = add(add($("rows"), "tr", { class: "lines", role: "row" }), "td", { colspan: columns.length, role: "cell" });
  for (const line of row.offender.lines) put(add(cell, "pre"), line, words);
  if (row.offender.lines.length === 0) add(cell, "pre", {}, "no lines in the events");
  if (row.offender.more > 0) add(cell, "pre", {}, `${thousands(row.offender.more)} earlier lines are left out`);
}

let sorted = { column: -1, down: false }, shown = [];

// show lists the rows that hold what is searched for, in the order chosen.
function show() {
  const words = $("search").value.trim().toLowerCase();
  shown = rows.filter(row => row.text.includes(words));
  const { column, down } = sorted;
  shown.sort((a, b) => {
    if (column < 0) return a.order - b.order;
    const x = a.values[column], y = b.values[column];
    const order = typeof x === "number" ? x - y : x < y ? -1 : x > y ? 1 : 0;
    return (down ? -order : order) || a.order - b.order;
  });
  $("rows").textContent = "";
  for (const row of shown) draw(row, words);
  $("found").textContent = words === "" ? `${thousands(rows.length)} listed` : `${thousands(shown.length)} of ${thousands(rows.length)}`;
}

function head() {
  columns.forEach((column, i) => {
    const th = add($("head"), "th", { scope: "col", role: "columnheader", ...(column.kind ? { class: column.kind } : {}) });
    add(th, "button", { type: "button" }, column.name).addEventListener("click", () => {
      sorted = { column: i, down: sorted.column === i ? !sorted.down : column.kind === "number" };
      for (const other of $("head").children) other.removeAttribute("aria-sort");
      th.setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
      show();
    });
  });
}

document.title = $("title").textContent = visible(data.title);
$("range").textContent = `${about.first} to ${about.last} (${data.zone})`;
for (const [name, n] of [["Failures", about.failures], ["Bans", about.bans], ["Offenders", about.offenders + about.forgotten],
  ["Jails", about.jails], ["Events", about.events]]) {
  const tile = add($("tiles"), "div");
  add(tile, "dt", {}, name);
  add(tile, "dd", {}, (name === "Offenders" && about.forgotten ? "≤ " : "") + thousands(n));
}
// pictures fits them to the width that there is.
function pictures() {
  $("charts").textContent = "";
  overTime("Failures", "failures");
  overTime("Bans", "bans");
  networks();
  hours();
}
let drawn = innerWidth;
addEventListener("resize", () => { if (innerWidth !== drawn) { drawn = innerWidth; pictures(); } });
pictures();
head();
show();
$("search").addEventListener("input", show);
const left = [];
if (about.offenders + about.forgotten > rows.length)
  left.push(`Listed are the ${thousands(rows.length)} offenders with the most bans and failures, each with its last ${about.lines} lines; ` +
    `${about.forgotten ? "about " : ""}${thousands(about.offenders + about.forgotten - rows.length)} others are left out.`);
if (about.forgotten + about.thinned > 0)
  left.push("There were too many to keep all: the figures of those that came seldom are too low.");
if (about.left_out > 0) left.push(`${thousands(about.left_out)} lines of the input were no events with a time.`);
$("left").textContent = left.join(" ");
