// The sandbox as its stack: what an escape would have to get through, what each layer stops, and whether the kernel
// said it was in force for the render on show.

import { el } from "/playground/dom.js";
import { NAMES, PATHS } from "/playground/render.js";

const SPACES = { userns: "user", pidns: "pid", mountns: "mount", netns: "net", ipcns: "ipc", utsns: "uts", cgroupns: "cgroup", timens: "time" };

/** From the worker outwards. `owns`: the names that the server reports it by. Per path, `holds`: how
 * tight it is where it is in force; `without`: what does its work where the path has no such layer. */
const STACK = [
  {
    name: "seccomp-bpf", asks: "Which kernel code can it reach?", owns: ["seccomp"],
    stops: "open, socket, exec, ptrace, mount, bpf, io_uring: the call ends the worker before the kernel runs it.",
    holds: { cpu: "read, write and exit, on the job's own files", gpu: "an allowlist, for what the driver needs" },
  },
  {
    name: "Landlock", asks: "Which files?", owns: ["landlock"],
    stops: "Any file but the read-only tree and the worker's own /tmp, whatever path it is asked by.",
    without: { cpu: "no file can be opened at all" },
  },
  {
    name: "Capabilities", asks: "What power has it?", owns: ["capabilities", "no-new-privs"],
    stops: "Acting as root: mounting, raw sockets, modules. No set-id program gives any of it back.",
  },
  {
    name: "Namespaces", asks: "What can it see?", owns: Object.keys(SPACES),
    stops: "The host's files, processes, network, users and clocks, and every other render.",
    without: { cpu: "nothing can be opened or named" },
  },
  {
    name: "Cgroup", asks: "How much can it use?", owns: ["cgroup", "cgroup-v1", "cgroup-v2"],
    stops: "Fork bombs, memory bombs, a core that spins.",
    without: { cpu: "the heap is set aside before the lock, rlimits hold the rest" },
  },
];
const STATES = {
  "in-force": "in force", ready: "in force at start", waived: "waived by the operator", missing: "missing",
  absent: "not in this path", unknown: "not known",
};

/** `results`: of the render on show; `server`: GET /v1/sandbox, or null. */
export function stack(results, server) {
  const paths = PATHS.filter((path) => !server || server.paths[path]);
  return el(
    "div", { class: "stack" },
    el("p", { class: "stack-end" }, el("strong", {}, "A worker with your document"), " Counted as hostile from its first byte on."),
    el("ol", {}, ...STACK.map((layer, depth) => stratum(layer, depth, paths, results, server))),
    el("p", { class: "stack-end ground" }, el("strong", {}, "The host"), " Its kernel, its files, and the other renders."),
  );
}

function stratum(layer, depth, paths, results, server) {
  const element = el(
    "li", { class: "stratum", "data-layer": layer.name },
    el("h3", {}, layer.name, el("span", {}, layer.asks)),
    el("p", {}, el("strong", {}, "Stops "), layer.stops.charAt(0).toLowerCase() + layer.stops.slice(1)),
    el("dl", {}, ...paths.flatMap((path) => onPath(layer, path, results[path], server))),
  );
  element.style.setProperty("--depth", depth);
  return element;
}

function onPath(layer, path, result, server) {
  const state = stateOf(layer, path, result, server);
  const parts = partsOf(layer, reported(path, result, server));
  return [
    el("dt", { class: path }, el("span", { class: `mark ${path}`, "aria-hidden": "true" }), NAMES[path]),
    el("dd", { "data-state": state },
      el("span", { class: "state" }, STATES[state]),
      parts.length > 1 && el("span", { class: "parts" }, ...parts.map((part) => el("code", {}, part))),
      note(layer, path, state),
      stoppedHere(layer, path, server)),
  ];
}

function note(layer, path, state) {
  const words = { "in-force": layer.holds, ready: layer.holds, absent: layer.without }[state]?.[path];
  return words && el("span", { class: "quiet" }, words);
}

const reported = (path, result, server) => result?.layers ?? server?.paths[path]?.layers ?? [];

/** Only what was read back for this very render is "in force". */
function stateOf(layer, path, result, server) {
  const has = (names) => names?.some((name) => layer.owns.includes(name));
  if (has(result?.layers)) return "in-force";
  const known = server?.paths[path];
  if (!known) return "unknown";
  if (!result?.layers && has(known.layers)) return "ready";
  if (!has(known.demanded)) return "absent"; // what a path does not have, nobody can have waived
  return has(known.waived) ? "waived" : "missing";
}

function partsOf(layer, layers) {
  return layers.filter((name) => layer.owns.includes(name)).map((name) => SPACES[name] ?? name);
}

/** How many attacks of the suite ended at this layer. */
function stoppedHere(layer, path, server) {
  const ended = server?.attack?.results.filter((row) => row.path === path && row.launcher === "native" && row.stopped_by.some((by) => layer.owns.includes(by)));
  return ended?.length > 0 && el("span", { class: "quiet" }, `${ended.length} ${ended.length === 1 ? "attack" : "attacks"} ended here`);
}

/** The last run of the attack suite on this machine. */
export function attacks(record) {
  if (!record) {
    return el("p", { class: "quiet" }, "The attack suite has not been run on this machine. ",
      el("code", {}, "./run attack"), " tries 51 escapes from inside real workers and keeps the result for this page.");
  }
  const count = (result) => record.results.filter((row) => row.result === result).length;
  const figures = [["defeated", count("defeated")], ["blind", count("blind")], ["escaped", count("escaped")]];
  return el(
    "div", { class: "attacks" },
    el("dl", { class: "figures" }, ...figures.map(([name, number]) =>
      el("div", { "data-result": number ? name : "none" }, el("dt", {}, name), el("dd", {}, String(number))))),
    el("p", { class: "quiet" }, `${new Date(record.at).toLocaleString()} on Linux ${record.kernel}. Blind: cannot work on this kernel even without a sandbox, so it shows nothing.`),
    el("details", {}, el("summary", {}, `All ${record.results.length} results`), probeTable(record.results)),
  );
}

function probeTable(rows) {
  const cells = ({ probe, title, path, result, stopped_by: by, why }) => el(
    "tr", { title: why }, el("td", { class: "number" }, String(probe)), el("td", {}, title),
    el("td", {}, NAMES[path] ?? path), el("td", { "data-result": result }, result), el("td", {}, by.join(", ")));
  const heads = ["#", "attempt", "path", "result", "stopped by"].map((text) => el("th", { scope: "col" }, text));
  return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Attack results" },
    el("table", {}, el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...rows.map(cells))));
}
