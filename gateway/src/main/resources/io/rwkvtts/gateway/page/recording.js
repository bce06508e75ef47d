// What has been received of one utterance, its picture, and its file.

const SAMPLES_PER_PEAK = 320;

export class Recording {
  #parts = [];
  #peaks = [];
  #peak = 0;
  #inPeak = 0;
  #marks = [];
  samples = 0;

  constructor(rate) {
    this.rate = rate;
  }

  add(samples) {
    this.#parts.push(samples);
    this.samples += samples.length;
    for (const sample of samples) {
      this.#peak = Math.max(this.#peak, Math.abs(sample));
      if (++this.#inPeak === SAMPLES_PER_PEAK) {
        this.#peaks.push(this.#peak / 32768);
        this.#peak = 0;
        this.#inPeak = 0;
      }
    }
  }

  // Remembers that something happened here.
  mark() {
    this.#marks.push(this.#peaks.length);
  }

  get seconds() {
    return this.samples / this.rate;
  }

  get parts() {
    return this.#parts;
  }

  bytes() {
    const pcm = new Int16Array(this.samples);
    let at = 0;
    for (const part of this.#parts) {
      pcm.set(part, at);
      at += part.length;
    }
    return new Uint8Array(pcm.buffer);
  }

  draw(canvas) {
    const ratio = window.devicePixelRatio || 1;
    const width = canvas.clientWidth * ratio;
    const height = canvas.clientHeight * ratio;
    canvas.width = width;
    canvas.height = height;
    const style = getComputedStyle(document.documentElement);
    const picture = canvas.getContext('2d');
    picture.fillStyle = style.getPropertyValue('--accent');
    const columns = Math.max(this.#peaks.length, 150);
    const most = this.#peaks.reduce((m, p) => Math.max(m, p), 0.05);
    this.#peaks.forEach((peak, i) => {
      const half = Math.max(ratio, (peak / most) * height * 0.47);
      picture.fillRect((i * width) / columns, height / 2 - half, width / columns, 2 * half);
    });
    picture.fillStyle = style.getPropertyValue('--alarm');
    for (const mark of this.#marks) {
      picture.fillRect((mark * width) / columns, 0, 2 * ratio, height);
    }
  }

  wav() {
    const pcm = this.bytes();
    const head = new DataView(new ArrayBuffer(44));
    const ascii = (at, text) => [...text].forEach((c, i) => head.setUint8(at + i, c.charCodeAt(0)));
    ascii(0, 'RIFF');
    head.setUint32(4, 36 + pcm.length, true);
    ascii(8, 'WAVEfmt ');
    head.setUint32(16, 16, true);
    head.setUint16(20, 1, true);
    head.setUint16(22, 1, true);
    head.setUint32(24, this.rate, true);
    head.setUint32(28, 2 * this.rate, true);
    head.setUint16(32, 2, true);
    head.setUint16(34, 16, true);
    ascii(36, 'data');
    head.setUint32(40, pcm.length, true);
    return new Blob([head.buffer, pcm], { type: 'audio/wav' });
  }
}
