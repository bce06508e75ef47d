// The WebSocket of the gateway. After a lost line the rest of an utterance is fetched by its id.

const RETRIES = 20;
const RETRY_MS = 500;

export class Connection {
  #socket = null;
  #listener;

  // What is sent leaves in this order, also while the connection is being opened.
  #sending = Promise.resolve();

  // The utterance that is wanted, and the one whose sound is coming.
  #id = null;
  #sounding = null;
  #received = 0;
  rate = 16000;

  // listener: audio(samples), done(message), failed(text)
  constructor(listener) {
    this.#listener = listener;
  }

  // Connects if it is not connected; the rate is known then.
  async open() {
    if (this.#socket && this.#socket.readyState === WebSocket.OPEN) {
      return;
    }
    const address = new URL('v1/audio/speech/stream', location.href);
    address.protocol = address.protocol.replace('http', 'ws');
    const socket = new WebSocket(address);
    socket.binaryType = 'arraybuffer';
    await new Promise((resolve, reject) => {
      socket.onmessage = (event) => {
        this.#message(event.data);
        resolve();
      };
      socket.onclose = () => reject(new Error('The gateway cannot be reached.'));
    });
    socket.onclose = () => this.#lost(socket);
    this.#socket = socket;
  }

  #send(message) {
    this.#sending = this.#sending
      .then(() => this.open())
      .then(() => this.#socket.send(JSON.stringify(message)))
      .catch((error) => this.#listener.failed(error.message));
  }

  begin(session, text) {
    this.#received = 0;
    this.#id = null;
    this.#send({ type: 'session.update', session: { ...session, audio_format: 'binary' } });
    this.#send({ type: 'input_text.append', text });
  }

  append(text) {
    this.#send({ type: 'input_text.append', text });
  }

  flush() {
    this.#send({ type: 'input_text.flush' });
  }

  cancel() {
    if (this.#socket) {
      this.#send({ type: 'response.cancel' });
    }
    this.#id = null;
  }

  #message(data) {
    if (data instanceof ArrayBuffer) {
      if (this.#sounding === this.#id) {
        this.#audio(new Int16Array(data));
      }
      return;
    }
    const message = JSON.parse(data);
    if (message.request_id && message.request_id !== this.#id && message.type !== 'speech.created') {
      return; // of an utterance that was cancelled
    }
    switch (message.type) {
      case 'session.created':
        this.rate = message.sample_rate;
        break;
      case 'speech.created':
        this.#id = message.request_id;
        break;
      case 'speech.audio.started':
        this.#sounding = message.request_id;
        break;
      case 'speech.audio.done':
        this.#id = null;
        this.#listener.done(message);
        break;
      case 'error':
        this.#listener.failed(message.error.message);
        break;
    }
  }

  #audio(samples) {
    this.#received += samples.length;
    this.#listener.audio(samples);
  }

  async #lost(socket) {
    if (socket !== this.#socket) {
      return;
    }
    this.#socket = null;
    const id = this.#id;
    if (!id) {
      return;
    }
    for (let retry = 0; retry < RETRIES && this.#id === id; retry++) {
      try {
        await this.#resume(id);
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
    if (this.#id === id) {
      this.#listener.failed('The connection is lost.');
    }
  }

  async #resume(id) {
    const path = `v1/audio/speech/${encodeURIComponent(id)}`;
    const answer = await fetch(`${path}?from=${this.#received}&response_format=pcm`);
    if (!answer.ok) {
      throw new Error(String(answer.status));
    }
    const reader = answer.body.getReader();
    let odd = new Uint8Array(0);
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const bytes = new Uint8Array(odd.length + part.value.length);
      bytes.set(odd);
      bytes.set(part.value, odd.length);
      const even = bytes.length - (bytes.length % 2);
      odd = bytes.slice(even);
      this.#audio(new Int16Array(bytes.slice(0, even).buffer));
    }
    this.#id = null;
    this.#listener.done({ finish_reason: 'stop', usage: {} });
  }
}
