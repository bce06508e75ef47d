// Sends the words of a text every 100 ms, as a language model would, and prints when it heard what.
//   node ws-words.mjs ws://127.0.0.1:8080 "The first sentence. The second one."
import { createHash } from 'node:crypto';
import WebSocket from 'ws';

const [address, text] = process.argv.slice(2);
const socket = new WebSocket(`${address}/v1/audio/speech/stream`);
const send = (message) => socket.send(JSON.stringify(message));
const hash = createHash('sha256');
let firstAudio = 0;
let lastWord = 0;

socket.on('open', async () => {
  send({ type: 'session.update', session: { seed: 7, audio_format: 'binary' } });
  for (const word of text.split(/(?<= )/)) {
    send({ type: 'input_text.append', text: word });
    lastWord = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  send({ type: 'input_text.end' });
});

socket.on('message', (data, binary) => {
  if (binary) {
    firstAudio ||= performance.now();
    hash.update(data);
  } else if (JSON.parse(data).type === 'error') {
    console.error(data.toString());
    process.exitCode = 1;
  }
});

socket.on('close', () => {
  console.log(
    JSON.stringify({ heardMsBeforeLastWord: Math.round(lastWord - firstAudio), sha256: hash.digest('hex') }),
  );
});
