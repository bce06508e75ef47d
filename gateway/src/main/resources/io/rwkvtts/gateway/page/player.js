// Plays 16-bit PCM as it comes: each piece begins where the one before it ends.

const LEAD_SECONDS = 0.05;

export class Player {
  #context = null;
  #analyser = null;
  #sources = new Set();
  #rate;
  #next = 0;
  underruns = 0;

  constructor(rate) {
    this.#rate = rate;
  }

  // To be called from a click or a key: browsers let nothing else begin to sound.
  async start() {
    if (!this.#context) {
      this.#context = new AudioContext({ sampleRate: this.#rate });
      this.#analyser = this.#context.createAnalyser();
      this.#analyser.fftSize = 2048;
      this.#analyser.connect(this.#context.destination);
    }
    this.stop();
    this.underruns = 0;
    await this.#context.resume();
  }

  play(samples) {
    const now = this.#context.currentTime;
    if (this.#next === 0) {
      this.#next = now + LEAD_SECONDS;
    } else if (this.#next < now) {
      this.underruns++;
      this.#next = now + LEAD_SECONDS;
    }
    const buffer = this.#context.createBuffer(1, samples.length, this.#rate);
    const channel = buffer.getChannelData(0);
    for (let i = 0; i < samples.length; i++) {
      channel[i] = samples[i] / 32768;
    }
    const source = this.#context.createBufferSource();
    source.buffer = buffer;
    source.connect(this.#analyser);
    source.onended = () => this.#sources.delete(source);
    source.start(this.#next);
    this.#sources.add(source);
    this.#next += buffer.duration;
  }

  stop() {
    for (const source of this.#sources) {
      source.onended = null;
      source.stop();
    }
    this.#sources.clear();
    this.#next = 0;
  }

  get sounding() {
    return this.#sources.size > 0;
  }

  // The largest sample that sounds now, from 0 to 1.
  get level() {
    if (!this.#analyser) {
      return 0;
    }
    const samples = new Float32Array(this.#analyser.fftSize);
    this.#analyser.getFloatTimeDomainData(samples);
    return samples.reduce((most, s) => Math.max(most, Math.abs(s)), 0);
  }
}
