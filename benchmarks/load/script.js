// What k6 runs. Everything that can be chosen is in the plan; every request is one line of the log, and the totals that
// those lines are held against come at the end. benchmarks/load/record.py reads both.
import exec from 'k6/execution';
import http from 'k6/http';

const plan = JSON.parse(open(__ENV.RENDERSERVER_LOAD_PLAN));
const bodies = plan.documents.map((path) => open(path, 'b'));

export const options = plan.options;

export function render() {
  const scenario = exec.scenario.name;
  const index = exec.scenario.iterationInTest % bodies.length;
  const started = Date.now();
  const answer = http.post(plan.urls[scenario], bodies[index], {
    headers: { 'Content-Type': 'application/json' },
    timeout: plan.timeout,
    redirects: 0,
    responseType: 'binary',
  });
  const latency = answer.timings.blocked + answer.timings.duration;
  const size = answer.body ? answer.body.byteLength : 0;
  const timing = answer.headers['Server-Timing'] || '';
  console.log(JSON.stringify([scenario, started, latency, answer.status, problem(answer), index, size, timing]));
}

// The code of a problem document; what k6 calls its own errors where there was no answer at all.
function problem(answer) {
  if (answer.status === 0) return `k6-${answer.error_code}`;
  if (answer.status < 400) return '';
  try {
    return JSON.parse(String.fromCharCode(...new Uint8Array(answer.body).slice(0, 8192))).code || 'unnamed';
  } catch (_) {
    return 'unnamed';
  }
}

export function handleSummary(data) {
  return { [plan.summary]: JSON.stringify(data.metrics) };
}
