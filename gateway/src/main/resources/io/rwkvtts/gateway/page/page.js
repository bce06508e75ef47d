import { Connection } from './connection.js';
import { Player } from './player.js';
import { Recording } from './recording.js';

const PROPERTIES = {
  age: ['child', 'teenager', 'youth-adult', 'middle-aged', 'elderly'],
  emotion: ['NEUTRAL', 'HAPPY', 'SAD', 'ANGRY', 'FEARFUL', 'SURPRISED', 'EXCITED', 'WHISPER', 'WORRIED'],
  pitch: ['low_pitch', 'medium_pitch', 'high_pitch', 'very_high_pitch'],
  speed: ['very_slow', 'slow', 'medium', 'fast', 'very_fast'],
};
const USUAL = { age: 'youth-adult', emotion: 'NEUTRAL', pitch: 'medium_pitch', speed: 'medium' };

const at = (id) => document.getElementById(id);
const body = document.body;

let player = null;
let recording = null;
let startedAt = 0;
let lastAudioAt = 0;
let killedAt = 0;
let longestGap = 0;
let typed = null;

const connection = new Connection({
  audio(samples) {
    const now = performance.now();
    if (recording.samples === 0) {
      at('first').textContent = `${Math.round(now - startedAt)} ms`;
    }
    if (killedAt && now - lastAudioAt > longestGap) {
      // What comes first after a kill had been generated before it: the longest gap tells.
      longestGap = now - lastAudioAt;
      at('recovery').textContent =
        `${Math.round(now - killedAt)} ms, gap ${Math.round(longestGap)} ms`;
    }
    lastAudioAt = now;
    recording.add(samples);
    player.play(samples);
    figures(now);
  },
  async done(message) {
    figures(performance.now());
    at('tokens').textContent = message.usage.output_tokens ?? '–';
    await fingerprint();
    state('idle', message.finish_reason === 'stop' ? 'Done.' : `Ended: ${message.finish_reason}.`);
  },
  failed(text) {
    state('idle', text);
  },
});

function figures(now) {
  const seconds = recording.seconds;
  at('seconds').textContent = `${seconds.toFixed(2)} s`;
  at('rtf').textContent = seconds ? ((now - startedAt) / 1000 / seconds).toFixed(3) : '–';
  at('underruns').textContent = player.underruns;
  recording.draw(at('wave'));
}

// What was received, for whoever wants to compare.
async function fingerprint() {
  if (crypto.subtle) {
    const hash = await crypto.subtle.digest('SHA-256', recording.bytes());
    body.dataset.sha256 = [...new Uint8Array(hash)].map((b) => b.toString(16).padStart(2, '0')).join('');
  }
}

function state(name, text) {
  body.dataset.state = name;
  at('status').textContent = text;
  const busy = name === 'speaking';
  at('stop').disabled = !busy && !(player && player.sounding);
  at('replay').disabled = busy || !recording || recording.samples === 0;
  at('download').disabled = at('replay').disabled;
  if (!busy) {
    typed = null;
  }
}

function session() {
  const session = { voice: at('voice').value };
  for (const name of Object.keys(PROPERTIES)) {
    session[name] = at(name).value;
  }
  if (at('seed').value) {
    session.seed = at('seed').value;
  }
  return session;
}

function begin(text) {
  player ??= new Player(connection.rate);
  player.start();
  recording = new Recording(connection.rate);
  killedAt = 0;
  delete body.dataset.sha256;
  body.dataset.peak = 0;
  at('tokens').textContent = '–';
  at('recovery').textContent = '–';
  startedAt = performance.now();
  state('speaking', 'Speaking …');
  connection.begin(session(), text);
}

function speak() {
  if (!at('form').reportValidity()) {
    return;
  }
  if (typed !== null) {
    endTyping();
    return;
  }
  connection.cancel();
  const text = at('text').value;
  if (!text.trim()) {
    state('idle', 'There is no text.');
    return;
  }
  begin(text);
  connection.flush();
}

// Text that is typed or pasted goes out as it comes.
function typing() {
  if (!at('typing').checked) {
    return;
  }
  const text = at('text').value;
  if (typed === null) {
    if (text.trim()) {
      typed = text;
      begin(text);
    }
  } else if (text.startsWith(typed)) {
    if (text.length > typed.length) {
      connection.append(text.slice(typed.length));
      typed = text;
    }
  } else {
    at('status').textContent = 'What was spoken can no longer be changed.';
    at('text').value = typed;
  }
}

function endTyping() {
  connection.flush();
  typed = null;
}

function stop() {
  connection.cancel();
  if (player) {
    player.stop();
  }
  state('idle', 'Stopped.');
}

async function replay() {
  await player.start();
  recording.parts.forEach((part) => player.play(part));
  at('stop').disabled = false;
}

function download() {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(recording.wav());
  link.download = 'speech.wav';
  link.click();
  URL.revokeObjectURL(link.href);
}

async function kill() {
  at('kill').disabled = true;
  at('recovery-box').hidden = false;
  at('recovery').textContent = '…';
  killedAt = performance.now();
  longestGap = 0;
  if (recording) {
    recording.mark();
  }
  try {
    const answer = await fetch('demo/kill-worker', { method: 'POST' });
    body.dataset.killed = answer.ok;
  } finally {
    at('kill').disabled = false;
  }
}

function watch() {
  body.dataset.sounding = Boolean(player && player.sounding);
  if (player && player.sounding) {
    body.dataset.peak = Math.max(Number(body.dataset.peak ?? 0), player.level);
  } else if (body.dataset.state === 'idle') {
    at('stop').disabled = true;
  }
  requestAnimationFrame(watch);
}

async function prepare() {
  for (const [name, values] of Object.entries(PROPERTIES)) {
    for (const value of values) {
      at(name).add(new Option(value.toLowerCase().replace('_', ' '), value, false, value === USUAL[name]));
    }
  }
  const voices = await (await fetch('v1/audio/voices')).json();
  at('voice').replaceChildren(...voices.voices.map((id) => new Option(id, id)));
  const demo = await fetch('demo');
  at('kill').hidden = !(demo.ok && (await demo.json()).kill_worker);
  try {
    await connection.open();
  } catch (error) {
    at('status').textContent = error.message;
  }
  at('speak').disabled = false;
}

at('form').addEventListener('submit', (event) => {
  event.preventDefault();
  speak();
});
at('text').addEventListener('input', typing);
at('text').addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && event.ctrlKey) {
    event.preventDefault();
    speak();
  }
});
at('stop').addEventListener('click', stop);
at('replay').addEventListener('click', replay);
at('download').addEventListener('click', download);
at('kill').addEventListener('click', kill);
window.addEventListener('resize', () => recording && recording.draw(at('wave')));

state('idle', 'Ready.');
watch();
prepare();
