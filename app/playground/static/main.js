// Wires the page together: what the user does changes the store, and what changes in the store is shown.

import { byId, bytes, say, whole } from "/playground/dom.js";
import { showDifference } from "/playground/difference.js";
import { isImage, readDocument, readImage, imagesFound, TREE_TYPE } from "/playground/documents.js";
import { showHeader, showPanels } from "/playground/panels.js";
import { chosenFormat, fillFormats, pathsFor } from "/playground/formats.js";
import { problemCard } from "/playground/problems.js";
import { DEFAULTS, PATHS, render } from "/playground/render.js";
import { listenForKeys } from "/playground/shortcuts.js";
import { showSelection } from "/playground/selection.js";
import { Stage } from "/playground/stage.js";
import { Store } from "/playground/store.js";
import { Tree } from "/playground/tree.js";

const SAMPLE = "/playground/sample.json";

const store = new Store({
  server: null, formats: [], documentFormats: [], document_: null, images: [], options: DEFAULTS, node: null, drawn: null, selection: -1,
  results: { cpu: null, gpu: null }, view: "side", gain: 0, heat: null, statistics: null, measured: null, canMeasure: false,
});
const stage = new Stage(store, actionsFor);
const tree = new Tree(byId("tree"), { select, render: (row) => renderNode(store.state.document_.index.ids[row]) });
let running = new AbortController();
let header = null;

// --- the document ----------------------------------------------------------------------------------------------------

async function open(blob, name, source) {
  await header; // which formats there are, it says
  const document_ = await readDocument(blob, name, store.state.documentFormats, source);
  store.set({ document_, node: null, selection: -1, images: [], ...nothingDrawn() });
  if (!document_.fault) await draw();
}

const nothingDrawn = () => ({
  results: { cpu: null, gpu: null }, drawn: null, heat: null, statistics: null, measured: null,
});

/** Of several files: the images, and the last one that is none as the document. */
async function take(files) {
  const images = await Promise.all(files.filter(isImage).map(readImage));
  const document_ = files.findLast((file) => !isImage(file));
  if (document_) await open(document_, document_.name);
  if (!images.length) return;
  const others = store.state.images.filter((image) => !images.some(({ digest, name }) => (digest ? digest === image.digest : name === image.name)));
  store.set({ images: [...others, ...images] });
  if (store.state.document_) await draw();
  else say(`${images.length} images are kept for the document to come`);
}

async function sample() {
  try {
    const response = await fetch(SAMPLE);
    await open(await response.blob(), "sample.json", SAMPLE);
  } catch (error) {
    showFault({ title: "The sample did not come", detail: error.message, fix: "See that the server still runs." });
  }
}

// --- rendering -------------------------------------------------------------------------------------------------------

/** One path after the other, so that neither is in the way of the other's times. */
async function draw() {
  const { document_, images, options, node } = store.state;
  if (!document_) return;
  running.abort();
  const { signal } = (running = new AbortController());
  const paths = pathsFor(store.state);
  const before = store.state.results;
  const busy = paths.map((path) => [path, { status: "busy", before: lastDone(before[path]) }]);
  const request = { document_, images, options, node, format: chosenFormat(store.state) };
  store.set({ results: { cpu: null, gpu: null, ...Object.fromEntries(busy) }, statistics: null, heat: null, measured: null, drawn: request });
  for (const path of paths) {
    try {
      const result = await render(path, request, signal);
      if (signal.aborted) return;
      store.set({ results: { ...store.state.results, [path]: result } });
    } catch (error) {
      if (signal.aborted) return;
      throw error;
    }
  }
  say(paths.map((path) => spoken(path, store.state.results[path])).join(" "));
}

const lastDone = (result) => (result?.status === "done" ? result : (result?.before ?? null));

function spoken(path, result) {
  const name = path.toUpperCase();
  return result.status === "done" ? `${name}: ${result.width} by ${result.height} pixels.` : `${name}: ${result.problem.title}.`;
}

function renderNode(node) {
  store.set({ node: node || null });
  return draw();
}

function actionsFor(path, problem) {
  const actions = [["Try again", draw]];
  if (problem.code === "node-not-found" || store.state.node) actions.push(["Render the whole document", () => renderNode(null)]);
  if (/^limit-/.test(problem.code ?? "") && store.state.options.scale !== "0.25") {
    actions.push(["Render at ¼×", () => setOption("scale", "0.25")]);
  }
  return actions;
}

// --- the tree --------------------------------------------------------------------------------------------------------

function select(row) {
  store.set({ selection: row });
}

/** Shows the node of a warning in the tree. */
function choose(id) {
  const row = store.state.document_.index?.ids.indexOf(id) ?? -1;
  if (row < 0) return;
  byId("filter").value = "";
  byId("filter-count").textContent = "";
  tree.filter("");
  tree.reveal(row);
  byId("tree").focus({ preventScroll: false });
}

function nameOf(id) {
  const index = store.state.document_?.index;
  const row = index ? index.ids.indexOf(id) : -1;
  return row < 0 ? null : index.names[row];
}

byId("filter").addEventListener("input", ({ target }) => {
  const count = tree.filter(target.value);
  byId("filter-count").textContent = count === null ? "" : whole(count);
});

store.watch(["document_"], ({ document_ }) => {
  byId("filter").disabled = !document_?.index;
  byId("filter").value = byId("filter-count").textContent = "";
  byId("empty").hidden = document_ !== null;
  byId("render").disabled = document_ === null;
  tree.show(document_?.index ?? null);
  showFault(document_?.fault && {
    ...document_.fault, code: "not-sent", fix: "Fetch it again with GET /v1/files/:key?geometry=paths, and drop what comes back.",
  });
});
store.watch(["document_", "images"], ({ document_, images }) => {
  if (!document_) return;
  byId("document-name").textContent = document_.name;
  const found = imagesFound(document_, images);
  const facts = [bytes(document_.blob.size)];
  if (document_.index) facts.push(`${whole(document_.index.ids.length)}${document_.index.cut ? "+" : ""} nodes`);
  if (document_.mediaType !== TREE_TYPE) facts.push("its tree is only read inside the sandbox");
  if (found.named) facts.push(`${found.here} of ${found.named} images`);
  else if (images.length) facts.push(`${images.length} images`);
  byId("document-facts").textContent = facts.join(", ");
});
store.watch(["node", "document_"], ({ node, document_ }) => {
  tree.mark(node);
  byId("render").title = node && document_ ? `Render ${nameOf(node) ?? "the node"} ${node} again` : "";
});

function showFault(fault) {
  const actions = store.state.document_ ? [["Send it anyway", () => { showFault(null); draw(); }]] : [];
  byId("fault").hidden = !fault;
  byId("fault").replaceChildren(...(fault ? [problemCard(fault, actions)] : []));
}

// --- options and views -----------------------------------------------------------------------------------------------

const form = byId("options");
store.watch(["formats"], ({ formats }) => fillFormats(form.elements.format, formats));

/** Shows the options that the chosen format alone has, and hides the other formats'. */
function ownOptions(format) {
  const groups = [...form.querySelectorAll(".own-options")];
  for (const group of groups) group.hidden = group.name !== `${format}_options`;
  const inputs = groups.filter(({ hidden }) => !hidden).flatMap((group) => [...group.elements]);
  return Object.fromEntries(inputs.map(({ name, checked }) => [name, checked]));
}

function readOptions() {
  const { format, scale, ground, colour, contents_only, use_absolute_bounds } = form.elements;
  colour.hidden = ground.value !== "pick";
  return {
    format: format.value, scale: scale.value, background: ground.value === "pick" ? colour.value : ground.value,
    contents_only: contents_only.checked, use_absolute_bounds: use_absolute_bounds.checked, ...ownOptions(format.value),
  };
}

function setOption(name, value) {
  form.elements[name].value = value;
  store.set({ options: readOptions() });
  return draw();
}

form.addEventListener("change", () => {
  store.set({ options: readOptions() });
  draw();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  showFault(null);
  draw();
});

function view(name) {
  const input = document.querySelector(`[name=view][value=${name}]`);
  if (input.disabled) return;
  input.checked = true;
  store.set({ view: name });
}

for (const input of document.querySelectorAll("[name=view]")) input.addEventListener("change", () => view(input.value));
store.watch(["results"], ({ results }) => {
  const both = PATHS.every((path) => results[path]?.status === "done" || results[path]?.before);
  for (const input of document.querySelectorAll("[name=view]:not([value=side])")) input.disabled = !both;
});
byId("gain").addEventListener("change", ({ target }) => store.set({ gain: Number(target.value) }));

function play(on) {
  const runs = stage.play(on);
  byId("flicker-play").textContent = runs ? "Pause" : "Play";
  byId("flicker-play").setAttribute("aria-pressed", String(runs));
}

const pressed = {
  pick: () => byId("file").click(), "empty-pick": () => byId("file").click(), sample, "empty-sample": sample,
  "paste-open": () => byId("paste").showModal(), "help-open": () => byId("help").showModal(),
  "zoom-in": () => stage.zoom(1.5), "zoom-out": () => stage.zoom(1 / 1.5), "zoom-one": () => stage.zoom(0), "zoom-fit": () => stage.fit(),
  "flicker-play": () => play(), "flicker-swap": () => { play(false); stage.swap(); }, theme: changeTheme,
};
for (const [id, act] of Object.entries(pressed)) byId(id).addEventListener("click", act);

function changeTheme() {
  const theme = nextTheme();
  byId("theme").textContent = `Theme: ${theme}`;
  byId("theme").setAttribute("aria-label", theme === "auto" ? "Theme: as the system has it" : `Theme: ${theme}`);
  stage.recolour();
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => stage.recolour());

// --- what comes in ---------------------------------------------------------------------------------------------------

byId("file").addEventListener("change", async ({ target }) => {
  const files = [...target.files];
  target.value = "";
  await take(files);
});
byId("paste").addEventListener("close", () => {
  if (byId("paste").returnValue === "open") pasted(byId("paste-text").value);
  byId("paste-text").value = "";
});
addEventListener("paste", (event) => {
  if (event.target.closest?.("input, textarea")) return;
  const files = [...event.clipboardData.files];
  if (files.length) take(files);
  else pasted(event.clipboardData.getData("text"));
});

function pasted(text) {
  if (text.trim()) open(new Blob([text], { type: TREE_TYPE }), "document.json");
}

addEventListener("dragover", (event) => {
  event.preventDefault();
  byId("drop").hidden = false;
});
addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) byId("drop").hidden = true;
});
addEventListener("drop", (event) => {
  event.preventDefault();
  byId("drop").hidden = true;
  take([...event.dataTransfer.files]);
});

// --- the rest --------------------------------------------------------------------------------------------------------

showPanels(store, { nameOf, choose });
showDifference(store);
showSelection(store, { renderNode });
listenForKeys({
  view, draw, zoom: (factor) => stage.zoom(factor), fit: () => stage.fit(), play: () => play(), swap: pressed["flicker-swap"],
  filter: () => byId("filter").focus(), help: pressed["help-open"], flickering: () => store.state.view === "flicker",
});
byId("theme").textContent = `Theme: ${document.documentElement.dataset.theme}`;
play(stage.playing);
header = showHeader(store);
await header;
