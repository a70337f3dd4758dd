// Where a node is in the picture, as far as the document says it.

/** The row of the node that is drawn: the one asked for, or what the server takes when none is. */
export function drawnRow(index, id) {
  if (id) return index.ids.indexOf(id);
  if (index.kinds[0] !== "DOCUMENT") return 0;
  for (let row = 1; row < index.end[0]; row = index.end[row]) {
    if (children(index, row).some((child) => !index.hidden[child])) return row;
  }
  return 0;
}

function children(index, row) {
  const found = [];
  for (let child = row + 1; child < index.end[row]; child = index.end[child]) found.push(child);
  return found;
}

/** {x, y, width, height} in pixels of the picture; null where the document's boxes do not explain the picture's size. */
export function placeOf(index, row, { id, scale, absolute, picture }) {
  const bounds = boundsOf(index, drawnRow(index, id), absolute);
  const explained = Math.abs(bounds.width * scale - picture.width) <= 2 && Math.abs(bounds.height * scale - picture.height) <= 2;
  if (!explained) return null;
  const own = box(index, row, 0);
  const place = {
    x: (own.x - bounds.x) * scale, y: (own.y - bounds.y) * scale, width: own.width * scale, height: own.height * scale,
  };
  return Object.values(place).every(Number.isFinite) ? place : null;
}

/** A page has no box of its own: what lies on it decides. */
function boundsOf(index, row, absolute) {
  const offset = absolute ? 0 : 4;
  const rows = index.kinds[row] === "CANVAS" ? children(index, row).filter((child) => !index.hidden[child]) : [row];
  const boxes = rows.map((each) => box(index, each, offset));
  const [x, y] = [Math.min(...boxes.map((each) => each.x)), Math.min(...boxes.map((each) => each.y))];
  const right = Math.max(...boxes.map((each) => each.x + each.width));
  const bottom = Math.max(...boxes.map((each) => each.y + each.height));
  return { x, y, width: right - x, height: bottom - y };
}

function box(index, row, offset) {
  const [x, y, width, height] = index.boxes.subarray(row * 8 + offset, row * 8 + offset + 4);
  return { x, y, width, height };
}
