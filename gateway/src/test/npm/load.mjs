// Listeners who ask for one text after the other, and what they had to wait.
//   node load.mjs http://127.0.0.1:8080 STREAMS REQUESTS ["TEXT"]
const [address, streams, requests, text = 'The train to the coast leaves at nine in the morning.'] =
  process.argv.slice(2);
const RATE = 16000;
const results = [];
let begun = 0;

async function speak(seed) {
  const began = performance.now();
  const answer = await fetch(`${address}/v1/audio/speech`, {
    method: 'POST',
    body: JSON.stringify({ input: text, response_format: 'pcm', seed }),
  });
  if (!answer.ok) {
    throw new Error(`${answer.status}: ${await answer.text()}`);
  }
  let first = 0;
  let bytes = 0;
  let wait = 0;
  for await (const piece of answer.body) {
    const now = performance.now();
    first ||= now;
    // How long a listener who began with the first sound would have had to wait for this piece.
    wait = Math.max(wait, now - first - (bytes / 2 / RATE) * 1000);
    bytes += piece.length;
  }
  const seconds = bytes / 2 / RATE;
  results.push({ first: first - began, wait, seconds, rtf: (performance.now() - began) / 1000 / seconds });
}

async function listener() {
  while (begun < Number(requests)) {
    await speak(begun++);
  }
}

const began = performance.now();
await Promise.all(Array.from({ length: Number(streams) }, listener));
const wall = (performance.now() - began) / 1000;
const quantile = (key, q) => {
  const values = results.map((r) => r[key]).sort((a, b) => a - b);
  return values[Math.min(values.length - 1, Math.floor(q * values.length))];
};
const seconds = results.reduce((sum, r) => sum + r.seconds, 0);
const continuous = results.filter((r) => r.wait <= 100).length;
console.log(
  `streams ${streams}, requests ${results.length}: first audio p50 ${quantile('first', 0.5).toFixed(0)} ms, ` +
    `p95 ${quantile('first', 0.95).toFixed(0)} ms, p99 ${quantile('first', 0.99).toFixed(0)} ms, ` +
    `continuous ${((100 * continuous) / results.length).toFixed(1)} %, ` +
    `RTF p50 ${quantile('rtf', 0.5).toFixed(3)}, ${(seconds / wall).toFixed(1)} s of audio a second`,
);
