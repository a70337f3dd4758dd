// How far the two pictures are apart: measured here, and by the server's own metrics where it has them.

import { byId, el, whole } from "/playground/dom.js";
import { PATHS, body, query } from "/playground/render.js";
import { fromNetwork, fromResponse } from "/playground/problems.js";
import { worker } from "/playground/workers.js";

const differ = worker("differ");

export function showDifference(store) {
  store.watch(["results"], (state) => compare(store, state));
  store.watch(["gain"], ({ gain, statistics }) => statistics && colour(store, { gain }));
  store.watch(["results", "statistics", "measured", "canMeasure"], (state) => show(store, state));
}

function compare(store, { results, gain }) {
  const done = PATHS.every((path) => results[path]?.status === "done");
  if (!done) return;
  colour(store, { pair: PATHS.map((path) => results[path].blob), gain });
}

/** What was asked for before a newer pair came is not shown any more. */
async function colour(store, message) {
  const { results } = store.state;
  const { statistics, heat } = await differ(message);
  if (store.state.results === results) store.set({ statistics, heat });
}

// --- what is shown ---------------------------------------------------------------------------------------------------

function show(store, state) {
  const { statistics, results } = state;
  byId("difference-line").textContent = statistics ? sentence(statistics) : "";
  const parts = statistics ? figures(statistics, results) : [waiting(state)];
  byId("difference").replaceChildren(...parts, ...measurement(store, state));
}

function sentence({ most, count, total }) {
  if (!count) return "Every pixel is the same";
  return `${share(count, total)} of pixels differ, at most by ${most} of 255`;
}

function share(count, total) {
  const percent = (count / total) * 100;
  if (percent >= 10) return `${percent.toFixed(0)} %`;
  return percent >= 0.005 ? `${percent.toFixed(2)} %` : "< 0.01 %";
}

function waiting({ results, drawn }) {
  if (drawn?.format?.vector) return el("p", { class: "quiet" }, `${drawn.format.label} is written on one path: there is nothing to compare it with.`);
  const both = PATHS.every((path) => results[path]?.status === "done");
  const words = both ? "The two pictures have different sizes." : "Needs a picture of each path.";
  return el("p", { class: "quiet" }, words);
}

function figures({ most, count, total, mean, box }, results) {
  const sameFile = results.cpu?.etag && results.cpu.etag === results.gpu?.etag;
  const rows = [
    ["Pixels that differ", `${whole(count)} of ${whole(total)} (${count ? share(count, total) : "0 %"})`],
    ["Largest difference", `${most} of 255`],
    ["Mean difference", mean < 0.0005 && mean > 0 ? "< 0.001" : mean.toFixed(3)],
  ];
  if (box) rows.push(["Within", `${whole(box.width)} × ${whole(box.height)} at ${box.left}, ${box.top}`]);
  if (sameFile) rows.push(["Files", "the same to the last byte"]);
  return [el("dl", { class: "facts", id: "differences" }, ...pairs(rows)),
    el("p", { class: "quiet" }, "Measured in this browser, channel by channel, on premultiplied colour.")];
}

const pairs = (rows) => rows.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]);

// --- the server's metrics --------------------------------------------------------------------------------------------

/** Title and digits after the point. */
const METRICS = {
  ssim: ["SSIM", 5], flip_mean: ["FLIP, mean", 5], flip_p99: ["FLIP, 99th percentile", 4],
  differing_pixels: ["Pixels that differ to the eye", 0], smoothing_pixels: ["Only an edge's smoothing", 0],
  max_delta: ["Largest difference", 0],
};

function measurement(store, { canMeasure, statistics, measured }) {
  if (!canMeasure || !statistics) return [];
  if (measured === "busy") return [el("p", { class: "quiet" }, "The server is measuring…")];
  if (measured?.problem) return [failure(`${measured.problem.title}: ${measured.problem.detail}`), ask(store)];
  if (measured?.compared === false) return [failure(measured.reason), ask(store)];
  if (!measured) return [ask(store)];
  const known = Object.entries(METRICS).filter(([name]) => typeof measured[name] === "number");
  const rows = known.map(([name, [title, digits]]) => [title, digits ? measured[name].toFixed(digits) : whole(measured[name])]);
  return [el("dl", { class: "facts", id: "measured" }, ...pairs(rows)),
    el("p", { class: "quiet" }, `Measured by the server, in a locked worker. ${measured.flip_missing ?? ""}`)];
}

const failure = (words) => el("p", { class: "quiet", role: "alert" }, words);

function ask(store) {
  return el("button", { type: "button", class: "button", id: "measure", onclick: () => measure(store) }, "Measure SSIM and FLIP");
}

async function measure(store) {
  const { drawn, results } = store.state;
  store.set({ measured: "busy" });
  const measured = await asked(drawn);
  if (store.state.results === results) store.set({ measured });
}

async function asked({ document_, images, options, node }) {
  const { content, headers } = body(document_, images);
  const pairs_ = query("cpu", options, node);
  pairs_.delete("path");
  pairs_.delete("format");
  try {
    const response = await fetch(`/v1/compare?${pairs_}`, { method: "POST", body: content, headers });
    return response.ok ? (await response.json()).difference : { problem: await fromResponse(response) };
  } catch (error) {
    return { problem: fromNetwork(error, content) };
  }
}
