// Runs beside the page: turns what the microphone and the tab sound like into 16-bit samples.

const PIECE_S = 0.1;

class Capture extends AudioWorkletProcessor {
  constructor({ processorOptions }) {
    super();
    this.channels = processorOptions.channels;
    this.size = Math.round(sampleRate * PIECE_S) * this.channels;
    this.piece = new Int16Array(this.size);
    this.at = 0;
  }

  process([input]) {
    const length = input[0]?.length ?? 128;
    for (let i = 0; i < length; i += 1) {
      for (let c = 0; c < this.channels; c += 1) {
        const sample = Math.max(-1, Math.min(1, input[c]?.[i] ?? 0));
        this.piece[this.at] = Math.round(sample * 32767);
        this.at += 1;
      }
      if (this.at === this.size) {
        this.port.postMessage(this.piece.buffer, [this.piece.buffer]);
        this.piece = new Int16Array(this.size);
        this.at = 0;
      }
    }
    return true;
  }
}

registerProcessor("capture", Capture);
