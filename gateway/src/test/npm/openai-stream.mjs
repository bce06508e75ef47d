// OpenAI's own client library, unchanged: streams speech and prints what it heard.
//   node openai-stream.mjs http://127.0.0.1:8080 "Hello, streaming world."
import { createHash } from 'node:crypto';
import OpenAI from 'openai';

const [address, input] = process.argv.slice(2);
const client = new OpenAI({ baseURL: `${address}/v1`, apiKey: process.env.TTS_KEY ?? 'none' });

const models = await client.models.list();

async function hear(parameters) {
  const began = performance.now();
  const answer = await client.audio.speech.create({
    model: models.data[0].id,
    voice: 'default',
    input,
    response_format: 'pcm',
    seed: 7,
    ...parameters,
  });
  let first = 0;
  const pieces = [];
  for await (const piece of answer.body) {
    first ||= performance.now() - began;
    pieces.push(piece);
  }
  return { first, bytes: Buffer.concat(pieces), pieces: pieces.length };
}

const raw = await hear({});
const events = await hear({ stream_format: 'sse' });
const audio = events.bytes
  .toString()
  .split('\n\n')
  .filter((event) => event.startsWith('data: '))
  .map((event) => JSON.parse(event.slice(6)))
  .filter((event) => event.type === 'speech.audio.delta')
  .map((event) => Buffer.from(event.audio, 'base64'));

let refused = null;
try {
  await client.audio.speech.create({ model: 'x', voice: 'default', input: 'x', speed: 9 });
} catch (error) {
  refused = { status: error.status, param: error.param };
}

const hash = (bytes) => createHash('sha256').update(bytes).digest('hex');
console.log(
  JSON.stringify({
    raw: hash(raw.bytes),
    events: hash(Buffer.concat(audio)),
    pieces: raw.pieces,
    firstMs: Math.round(raw.first),
    refused,
  }),
);
