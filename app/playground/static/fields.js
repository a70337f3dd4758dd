// Header fields: structured fields (RFC 9651, as far as this server sends them) and Server-Timing.

const ITEM = /\s*(?:"((?:[^"\\]|\\.)*)"|\?([01])|(-?\d+(?:\.\d+)?)|([A-Za-z*][\w!#$%&'*+.^`|~:/-]*))/y;
const KEY = /\s*;\s*([a-z*][a-z0-9_.*-]*)(=)?/y;
const COMMA = /\s*,\s*/y;

/** `a;n=1, "b"` -> [{value: "a", params: {n: 1}}, {value: "b", params: {}}]. Throws SyntaxError. */
export function parseList(text) {
  const reader = { text, at: 0 };
  const members = [];
  while (reader.at < text.trimEnd().length) {
    if (members.length && !take(reader, COMMA)) throw new SyntaxError(`no comma at ${reader.at}`);
    members.push({ value: bare(reader), params: parameters(reader) });
  }
  return members;
}

/** The only member of a field that has one. */
export const parseItem = (text) => parseList(text)[0];

function take(reader, pattern) {
  pattern.lastIndex = reader.at;
  const match = pattern.exec(reader.text);
  if (match) reader.at = pattern.lastIndex;
  return match;
}

function bare(reader) {
  const match = take(reader, ITEM);
  if (!match) throw new SyntaxError(`no value at ${reader.at}`);
  const [, string, boolean, number, token] = match;
  if (string !== undefined) return string.replace(/\\(.)/g, "$1");
  if (boolean !== undefined) return boolean === "1";
  return number !== undefined ? Number(number) : token;
}

function parameters(reader) {
  const found = {};
  for (let match = take(reader, KEY); match; match = take(reader, KEY)) {
    found[match[1]] = match[2] ? bare(reader) : true;
  }
  return found;
}

/** `queue;dur=0.02, draw;dur=3` -> {queue: 0.02, draw: 3}, in milliseconds. */
export function parseTimings(text) {
  const named = parseList(text).map(({ value, params }) => [value, Number(params.dur ?? 0)]);
  return Object.fromEntries(named);
}

/** `Render-Warnings`: how many there are, those that fitted into the header, and how many did not. */
export function parseWarnings(text) {
  const [total, ...members] = parseList(text);
  const items = members.filter(({ value }) => value !== "more").map(({ value, params }) => ({
    code: value, node: params.node ?? null, detail: params.detail ?? "",
  }));
  return { total: total?.value ?? 0, items, left: members.find(({ value }) => value === "more")?.params.count ?? 0 };
}
