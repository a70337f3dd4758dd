// The panels beside the pictures, and the header: everything that only shows what the store has.

import { commands } from "/playground/curl.js";
import { documentFormatsOf } from "/playground/documents.js";
import { byId, bytes, el, say } from "/playground/dom.js";
import { chosenFormat, fileName, formatsOf, pathsFor } from "/playground/formats.js";
import { attacks, stack } from "/playground/layers.js";
import { NAMES, PATHS } from "/playground/render.js";
import { summary, waterfall } from "/playground/timing.js";
import { merged, warningList } from "/playground/warnings.js";

/** `nameOf(id)`, `choose(id)`: of nodes, for the warnings. */
export function showPanels(store, { nameOf, choose }) {
  listenToTabs();
  store.watch(["results", "server"], (state) => showResults(state, nameOf, choose));
  store.watch(["results", "server"], ({ results, server }) => {
    byId("stack").replaceChildren(stack(results, server));
  });
  store.watch(["server"], ({ server }) => server && byId("attacks").replaceChildren(attacks(server.attack)));
  store.watch(["document_", "images", "options", "node", "server", "formats"], showCommands);
  store.watch(["results"], showDownloads);
}

function showResults(state, nameOf, choose) {
  const { results } = state;
  const paths = pathsFor(state);
  byId("summaries").replaceChildren(...paths.map((path) => summary(path, results[path], state)));
  byId("timing").replaceChildren(waterfall(results));
  byId("warnings").replaceChildren(warningList(results, nameOf, choose));
  const count = merged(results).length;
  byId("warning-count").textContent = count ? String(count) : "";
}

// --- the header ------------------------------------------------------------------------------------------------------

/** Asks the server what it has. */
export async function showHeader(store) {
  store.watch(["server"], ({ server }) => {
    byId("paths").replaceChildren(...PATHS.map((path) => pathState(path, server)).filter(Boolean));
  });
  const [server, api] = await Promise.all([json("/v1/sandbox"), json("/openapi.json")]);
  store.set({ server, formats: formatsOf(api), documentFormats: documentFormatsOf(api), canMeasure: Boolean(api?.paths["/v1/compare"]) });
  if (!server) byId("paths").replaceChildren(el("li", { "data-state": "missing" }, "The server does not say what it has"));
}

async function json(address) {
  try {
    const response = await fetch(address);
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

function pathState(path, server) {
  const known = server?.paths[path];
  if (!server) return null;
  const mark = el("span", { class: `mark ${path}`, "aria-hidden": "true" });
  if (!known) return el("li", { "data-state": "absent" }, mark, `${NAMES[path]} not started`);
  const state = known.unsandboxed ? "missing" : known.ready ? "ready" : "missing";
  const words = known.unsandboxed ? "no sandbox" : known.ready ? (known.software ? "ready, software" : "ready") : "not available";
  const why = known.missing ? `${known.missing.layer}: ${known.missing.detail} ${known.missing.hint}` : known.device;
  return el("li", { "data-state": state, title: why }, mark, `${NAMES[path]} ${words}`);
}

// --- tabs ------------------------------------------------------------------------------------------------------------

function listenToTabs() {
  const tabs = [...document.querySelectorAll("[role=tab]")];
  const show = (chosen) => {
    for (const tab of tabs) {
      tab.setAttribute("aria-selected", String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
      byId(tab.getAttribute("aria-controls")).hidden = tab !== chosen;
    }
  };
  tabs.forEach((tab, place) => {
    tab.addEventListener("click", () => show(tab));
    tab.addEventListener("keydown", ({ key }) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
      if (!step) return;
      const next = tabs[(place + step + tabs.length) % tabs.length];
      show(next);
      next.focus();
    });
  });
}

// --- the request -----------------------------------------------------------------------------------------------------

function showCommands(state) {
  if (!state.document_) {
    byId("curl").replaceChildren(el("p", { class: "quiet" }, "The command appears with the document."));
    return;
  }
  const text = commands(location.origin, state, pathsFor(state), chosenFormat(state));
  const code = el("pre", { tabindex: "0", "aria-label": "Commands" }, el("code", { id: "curl-text" }, text));
  byId("curl").replaceChildren(code, el("button", { type: "button", class: "button", id: "copy", onclick: () => copy(text) }, "Copy"));
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    byId("copy").textContent = "Copied";
    say("Copied");
  } catch {
    // Only secure contexts have a clipboard: then the text is selected, and the user's own key copies it.
    getSelection().selectAllChildren(byId("curl-text"));
    byId("copy").textContent = "Selected: copy it with Ctrl C";
  }
}

let addresses = [];

function showDownloads({ results }) {
  for (const address of addresses) URL.revokeObjectURL(address);
  addresses = [];
  const done = PATHS.filter((path) => results[path]?.status === "done");
  const links = done.map((path) => download(path, results[path]));
  byId("downloads").replaceChildren(...(links.length ? links : [el("p", { class: "quiet" }, "They can be saved when they are drawn.")]));
}

function download(path, { blob, format, bytes: size, etag, requestId }) {
  const address = URL.createObjectURL(blob);
  addresses.push(address);
  const name = fileName(path, format);
  return el("dl", { class: "facts" },
    el("dt", {}, el("a", { href: address, download: name, class: "button" }, `Save ${name}`)),
    el("dd", {}, bytes(size)), el("dt", {}, "ETag"), el("dd", {}, el("code", {}, etag ?? "none")),
    el("dt", {}, "Request-Id"), el("dd", {}, el("code", {}, requestId ?? "none")));
}
