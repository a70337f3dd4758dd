// The page's two workers, each asked by messages and answered by promises.

const NAMES = ["indexer", "differ"];
// Trusted Types: the one way here to make an address of code out of a string, and it knows two.
const policy = globalThis.trustedTypes?.createPolicy("playground", { createScriptURL: address });

function address(name) {
  if (!NAMES.includes(name)) throw new TypeError(`no such worker: ${name}`);
  return `/playground/${name}.js`;
}

/** A worker as a function: `await ask(message)`. A rejected promise carries the worker's own words. */
export function worker(name) {
  const thread = new Worker(policy ? policy.createScriptURL(name) : address(name), { type: "module" });
  const waiting = new Map();
  let last = 0;
  thread.addEventListener("message", ({ data: { number, answer, error } }) => {
    const { resolve, reject } = waiting.get(number);
    waiting.delete(number);
    if (error) reject(Object.assign(new Error(error.message), error));
    else resolve(answer);
  });
  return (message) => new Promise((resolve, reject) => {
    waiting.set(++last, { resolve, reject });
    thread.postMessage({ number: last, message });
  });
}

/** The other end: answers every message with what `work` returns, `[answer, objects to hand over]`. */
export function serve(work) {
  addEventListener("message", async ({ data: { number, message } }) => {
    try {
      const [answer, handed] = await work(message);
      postMessage({ number, answer }, handed);
    } catch (error) {
      postMessage({ number, error: { message: error.message, title: error.title ?? null } });
    }
  });
}
