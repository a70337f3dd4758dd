// Which rows of a document's tree are shown, of the columns that indexer.js made.

/** The rows to show, in order: what is open, or, with `words`, what matches and what is above it. */
export function visibleRows(index, open, words) {
  return words ? matching(index, words.toLowerCase()) : opened(index, open);
}

function opened(index, open) {
  const rows = [];
  for (let row = 0; row < index.ids.length;) {
    rows.push(row);
    row = open.has(row) ? row + 1 : index.end[row];
  }
  return rows;
}

function matching(index, words) {
  const rows = [];
  const above = [];
  for (let row = 0; row < index.ids.length; row++) {
    while (above.length && index.end[above.at(-1)] <= row) above.pop();
    above.push(row);
    if (!matches(index, row, words)) continue;
    for (const each of above) if (each > (rows.at(-1) ?? -1)) rows.push(each);
  }
  return rows;
}

export function matches(index, row, words) {
  return index.names[row].toLowerCase().includes(words) || index.ids[row] === words
    || index.kinds[row].toLowerCase().startsWith(words);
}

/** The rows above `row`, outermost first. */
export function ancestors(index, row) {
  const found = [];
  for (let above = row - 1, depth = index.depth[row]; above >= 0 && depth > 0; above--) {
    if (index.depth[above] < depth) [depth] = [index.depth[above], found.unshift(above)];
  }
  return found;
}

/** What a document is opened to: its first page, and the first thing on that. */
export function firstOpen(index) {
  const open = new Set();
  for (let row = 0; index.end[row] > row + 1; row++) {
    open.add(row);
    if (index.kinds[row] !== "DOCUMENT" && index.kinds[row] !== "CANVAS") break;
  }
  return open;
}
