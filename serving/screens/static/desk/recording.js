// An old call played again as if it were live: heard here, and sent at the pace of the clock.
import { NoSound } from "./microphone.js";

const RATE_HZ = 16_000;
const PIECE_MS = 100;
const DRIFT_S = 0.35;
const EDGE_S = 0.15;

const toInteger = (sample) => Math.max(-32768, Math.min(32767, Math.round(sample * 32767)));

/** Which channel each side of a stereo recording is on, as its transcript says. */
function sidesOf(transcript) {
  const channel = (role) =>
    transcript?.participants?.find((one) => one.role === role)?.audio_channel ?? null;
  return channel("customer") === 0 || channel("agent") === 1
    ? ["customer", "agent"] : ["agent", "customer"];
}

/** A mono recording, laid on two channels by who speaks when; null where that is not known. */
function apart(samples, turns) {
  const timed = (turns ?? []).filter((one) => one.start_s !== null && one.end_s !== null);
  if (!timed.some((one) => one.speaker === "customer")) return null;
  const mixed = new Int16Array(samples.length * 2);
  for (const { speaker, start_s, end_s } of timed) {
    const side = speaker === "customer" ? 1 : 0;
    const last = Math.min(samples.length, Math.round((end_s + EDGE_S) * RATE_HZ));
    for (let at = Math.max(0, Math.round((start_s - EDGE_S) * RATE_HZ)); at < last; at += 1)
      mixed[2 * at + side] = toInteger(samples[at]);
  }
  return mixed;
}

function interleaved(buffer) {
  const sides = [...Array(Math.min(2, buffer.numberOfChannels)).keys()]
    .map((number) => buffer.getChannelData(number));
  const mixed = new Int16Array(buffer.length * sides.length);
  sides.forEach((side, place) => {
    for (let at = 0; at < side.length; at += 1) mixed[at * sides.length + place] = toInteger(side[at]);
  });
  return mixed;
}

/** Read a recording: {samples, channels, rate, duration_s, address}. */
export async function readRecording(bytes, type, transcript, isSwapped = false) {
  const address = URL.createObjectURL(new Blob([bytes], { type }));
  let buffer;
  try {
    buffer = await new OfflineAudioContext(1, 1, RATE_HZ).decodeAudioData(bytes);
  } catch {
    URL.revokeObjectURL(address);
    throw new NoSound("recording_unreadable");
  }
  const common = { rate: RATE_HZ, duration_s: buffer.duration, address };
  if (buffer.numberOfChannels > 1) {
    const sides = sidesOf(transcript);
    return {
      ...common, samples: interleaved(buffer), channels: isSwapped ? sides.reverse() : sides,
    };
  }
  const split = apart(buffer.getChannelData(0), transcript?.turns);
  return split === null
    ? { ...common, samples: interleaved(buffer), channels: ["unknown"] }
    : { ...common, samples: split, channels: ["agent", "customer"] };
}

/** Plays a recording by the clock; the sound follows, and may be missing. */
export class Player {
  constructor(recording, { feed, moved, ended }) {
    this.recording = recording;
    this.tell = { feed, moved, ended };
    this.at_s = 0;
    this.fed = 0;
    this.speed = 1;
    this.isPlaying = false;
    this.audio = new Audio(recording.address);
    this.audio.preservesPitch = true;
    this.isHeard = true;
  }

  play() {
    if (this.isPlaying) return;
    this.isPlaying = true;
    this.since_ms = performance.now();
    this.timer = setInterval(() => this.advance(), PIECE_MS);
    this.audio.currentTime = this.at_s;
    this.audio.play().catch(() => {
      this.isHeard = false;
      this.tell.moved(this);
    });
    this.tell.moved(this);
  }

  pause() {
    this.advance();
    clearInterval(this.timer);
    this.isPlaying = false;
    this.audio.pause();
    this.tell.moved(this);
  }

  setSpeed(speed) {
    if (this.isPlaying) this.advance();
    this.speed = speed;
    this.audio.playbackRate = speed;
    this.tell.moved(this);
  }

  advance() {
    if (!this.isPlaying) return;
    const now_ms = performance.now();
    const { samples, channels, rate, duration_s } = this.recording;
    this.at_s = Math.min(duration_s, this.at_s + ((now_ms - this.since_ms) / 1000) * this.speed);
    this.since_ms = now_ms;
    if (!this.audio.paused && Math.abs(this.audio.currentTime - this.at_s) > DRIFT_S)
      this.audio.currentTime = this.at_s;
    const until = Math.min(samples.length, Math.round(this.at_s * rate) * channels.length);
    if (until > this.fed) {
      this.tell.feed(samples.slice(this.fed, until).buffer);
      this.fed = until;
    }
    this.tell.moved(this);
    if (until >= samples.length) {
      this.stop();
      this.tell.ended();
    }
  }

  stop() {
    clearInterval(this.timer);
    this.isPlaying = false;
    this.audio.pause();
    this.audio.removeAttribute("src");
    URL.revokeObjectURL(this.recording.address);
  }
}
