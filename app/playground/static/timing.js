// Where the time went: the stages of both paths on one scale, one after the other as they ran.

import { bytes, el, milliseconds } from "/playground/dom.js";
import { NAMES, PATHS } from "/playground/render.js";

const STAGES = {
  queue: "waiting for a worker to come free",
  sandbox: "fork, layers, lock, and the way to the worker and back",
  parse: "from the document to a scene, inside the lock",
  lower: "from the scene to a list of plain commands: text set, strokes outlined, effects planned",
  draw: "from the commands to pixels, or to the file of a vector format",
  read: "pixels back from the surface",
  encode: "from pixels to the file",
  network: "upload, download, and this page",
};

/** {stage: {start, length}} in milliseconds; what the server did not account for is the network's. */
function spans(result) {
  const found = {};
  let at = 0;
  for (const stage of Object.keys(STAGES)) {
    const length = stage === "network" ? Math.max(0, result.elapsed - at) : (result.timings[stage] ?? 0);
    found[stage] = { start: at, length };
    at += length;
  }
  return { ...found, total: at };
}

export function waterfall(results) {
  const done = PATHS.filter((path) => results[path]?.status === "done").map((path) => [path, spans(results[path])]);
  if (!done.length) return el("p", { class: "quiet" }, "Times appear with the first picture.");
  const scale = Math.max(...done.map(([, { total }]) => total));
  const head = el("tr", {}, el("th", { scope: "col" }, "Stage"), el("th", { scope: "col", class: "bars-head" }, ""),
    ...done.map(([path]) => el("th", { scope: "col", class: `number ${path}` }, NAMES[path])));
  const timed = (stage) => stage === "network" || done.some(([path]) => stage in results[path].timings);
  const rows = Object.keys(STAGES).filter(timed).map((stage) => row(stage, done, scale));
  return el("table", { class: "waterfall" }, el("caption", { class: "hidden" }, "Milliseconds by stage and path"),
    el("thead", {}, head), el("tbody", {}, ...rows), el("tfoot", {}, total(done)));
}

function row(stage, done, scale) {
  const bars = done.map(([path, { [stage]: span }]) => bar(path, span, scale));
  return el(
    "tr", { title: STAGES[stage] }, el("th", { scope: "row" }, stage),
    el("td", { class: "bars", "aria-hidden": "true" }, ...bars),
    ...done.map(([, { [stage]: span }]) => el("td", { class: "number" }, milliseconds(span.length))),
  );
}

function bar(path, { start, length }, scale) {
  const element = el("span", { class: `bar ${path}` });
  element.style.setProperty("--start", `${(start / scale) * 100}%`);
  element.style.setProperty("--length", `${(length / scale) * 100}%`);
  return element;
}

function total(done) {
  return el("tr", {}, el("th", { scope: "row" }, "all"), el("td", {}),
    ...done.map(([, { total: sum }]) => el("td", { class: "number" }, milliseconds(sum))));
}

/** What drew a picture, how large it came out and how long the server had it. */
export function summary(path, result, state) {
  const facts = result?.status === "done" ? doneFacts(result) : [["", waitingFor(path, result, state)]];
  return el(
    "section", { class: `summary ${path}`, "aria-label": `${NAMES[path]} path` },
    el("h3", {}, el("span", { class: `mark ${path}`, "aria-hidden": "true" }), `${NAMES[path]} path`),
    ...facts.map(([kind, text]) => el("p", { class: kind }, text)),
  );
}

function doneFacts({ path, device, timings, width, height, format, blob, bytes: size }) {
  const server = Object.values(timings).reduce((sum, each) => sum + each, 0);
  // The CPU path is software by its nature; that the GPU path can be, too, has to be said.
  const kind = path === "cpu" ? [] : [device.software ? ["honest", "In software: no GPU took part"] : ["good", "On hardware"]];
  return [
    ["figure", milliseconds(server)], ["quiet", "on the server"],
    ["", `${device.name}${device.api ? `, ${device.api}` : ""}`], ...kind,
    ["quiet", `${width} × ${height} px`], ["quiet", `${bytes(size)} ${format?.label ?? blob.type}`],
  ];
}

function waitingFor(path, result, { server }) {
  if (result?.status === "busy") return "Drawing…";
  if (result?.status === "failed") return result.problem.title;
  const known = server?.paths[path];
  if (server && !known) return "Not started on this server";
  return known && !known.ready ? "Not available" : (known?.device ?? "");
}
