// What can go wrong, shown as the server tells it (RFC 9457) and, where it told nothing, in the same form.

import { bytes, el } from "/playground/dom.js";

// What to do next, for problems whose own sentence is about the request rather than about this page.
const NEXT = {
  "body-too-large": "Post a part of it: one node from GET /v1/files/:key/nodes?ids=…, or fewer images.",
  "limit-output": "Choose a smaller scale, or pick a node instead of the whole document.",
  "limit-wall": "Pick a node instead of the whole document, or a smaller scale.",
  "limit-cpu": "Pick a node instead of the whole document, or a smaller scale.",
  "limit-memory": "Pick a node instead of the whole document, or a smaller scale.",
  "node-not-found": "Pick another node in the tree, or render the whole document.",
  "path-unavailable": "Look at the Sandbox tab: it says which layer this path could not have.",
  "sandbox-unavailable": "The server refuses rather than rendering unprotected. `renderserver doctor` says how to get the layer.",
};

/** {title, detail, code, status, field, stage, fix} of an answer that is no picture. */
export async function fromResponse(response) {
  const text = await response.text();
  const retryAfter = Number(response.headers.get("Retry-After")) || null;
  try {
    const said = JSON.parse(text);
    const wait = retryAfter && `Try again in ${retryAfter} s, as the server asks.`;
    return { ...said, fix: [NEXT[said.code], wait].filter(Boolean).join(" ") || null };
  } catch {
    return {
      title: `The answer was ${response.status} ${response.statusText}`, status: response.status,
      detail: "It came without a problem report, so probably not from the render server but from something before it.",
      fix: "Look at the proxy between this page and the server.",
    };
  }
}

/** The request never got an answer. */
export function fromNetwork(error, content) {
  const large = content instanceof Blob && content.size > 32e6;
  return {
    code: "network", title: "The server cannot be reached", status: null,
    detail: `The connection broke before an answer came (${error.message}).`,
    fix: large
      ? `The document has ${bytes(content.size)}; a proxy may refuse that much. Otherwise see that the server still runs.`
      : "See that the server still runs, then try again.",
  };
}

/** A problem as a card. `actions`: [label, function]. */
export function problemCard(problem, actions = []) {
  const facts = [problem.status, problem.code].filter(Boolean).map((fact) => el("code", {}, String(fact)));
  const place = [problem.field && ["Where", problem.field], problem.stage && ["Stage", problem.stage]].filter(Boolean);
  return el(
    "div", { class: "problem", role: "alert" },
    el("p", { class: "problem-facts" }, ...facts),
    el("h3", {}, problem.title),
    el("p", {}, problem.detail ?? ""),
    place.length > 0 && el("dl", {}, ...place.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)])),
    problem.fix && el("p", { class: "problem-fix" }, el("strong", {}, "What to do: "), problem.fix),
    el("div", { class: "problem-actions" }, ...actions.map(([label, act]) => button(label, act)), reference(problem)),
  );
}

const button = (label, act) => el("button", { type: "button", class: "button", onclick: act }, label);

function reference(problem) {
  if (!problem.type?.startsWith("/docs#")) return null;
  return el("a", { href: problem.type }, "About this problem");
}
