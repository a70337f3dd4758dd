// A picture that no canvas can draw: the browser's own viewer shows it, or it is offered as a file.

import { el } from "/playground/dom.js";
import { fileName } from "/playground/formats.js";

let address = null;

/** An element that shows the picture of a result; its address is given up with the next one's. */
export function viewer({ path, blob, format }) {
  if (address) URL.revokeObjectURL(address);
  address = URL.createObjectURL(blob);
  // A frame, as Trusted Types take the address of an <object> or an <embed> for code.
  if (navigator.pdfViewerEnabled) {
    return el("iframe", { class: "viewer", src: `${address}#navpanes=0`, title: `${format.label} of the document` });
  }
  const name = fileName(path, format);
  return el(
    "a", { class: "file", href: address, download: name },
    el("img", { src: "/playground/file.svg", alt: "", width: 48, height: 48 }),
    el("span", {}, `This browser shows no ${format.label}.`), el("b", {}, `Save ${name}`),
  );
}
