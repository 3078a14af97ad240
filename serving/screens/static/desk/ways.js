// The ways in: a microphone, a recording played again, a call that comes in elsewhere.
import { ask, given } from "../kit.js";
import { OwnLine, WatchedLine } from "./line.js";
import { openMicrophone } from "./microphone.js";
import { Call } from "./model.js";
import { Player, readRecording } from "./recording.js";

const PARTS = 8;

/** How loud each side of a piece is, 0 to 1. */
function levels(data, channels) {
  const samples = new Int16Array(data);
  const most = Array(channels).fill(0);
  for (let at = 0; at < samples.length; at += PARTS * channels)
    for (let c = 0; c < channels; c += 1) most[c] = Math.max(most[c], Math.abs(samples[at + c]));
  return most.map((one) => Math.min(1, one / 16_000));
}

const startOf = (sound, more) => ({
  type: "start",
  audio: {
    encoding: "pcm_s16le", sample_rate: sound.rate, channels: sound.channels, framing: "offset",
  },
  ...Object.fromEntries(Object.entries(more).filter(([, value]) => value)),
});

/** Once the service is ready, and once only. */
function onceOpen(call, act) {
  const stop = call.subscribe(() => {
    if (call.now.line !== "open") return;
    stop();
    act();
  });
}

/** A call of the agent's own, heard here. Throws NoSound. */
export async function byMicrophone({ withTab, facts }) {
  const call = new Call({ ...facts, way: "microphone" });
  const sound = await openMicrophone({
    withTab, worklet: given.worklet, lost: () => call.set({ sound: "lost" }),
  });
  const line = new OwnLine(call, startOf(sound, facts));
  const feed = (data) => {
    if (call.now.phase === "live" || call.now.line === "cut")
      call.set({ levels: levels(data, sound.channels.length) });
    line.feed(data);
  };
  call.set({ sides: sound.channels });
  sound.begin(feed);
  const stop = () => sound.stop();
  return {
    call,
    line,
    hangUp: () => {
      stop();
      line.end();
    },
    leave: () => {
      stop();
      line.stop();
    },
    over: stop,
  };
}

/** An old call for training. `chosen`: {id, name} of a conversation, or {file}. Throws NoSound. */
export async function byRecording({ chosen, language, isSwapped }) {
  const call = new Call({
    way: "practice", name: chosen.name ?? chosen.file.name, original: chosen.id ?? null,
  });
  const recording = chosen.file
    ? await readRecording(await chosen.file.arrayBuffer(), chosen.file.type, null, isSwapped)
    : await stored(chosen.id);
  const line = new OwnLine(call, { ...startOf(recording, { language }), practice: true });
  const hangUp = () => {
    player.stop();
    line.end();
  };
  const player = new Player(recording, {
    feed: (data) => line.feed(data),
    moved: ({ at_s, speed, isPlaying, isHeard }) => call.set({
      player: { at_s, speed, isPlaying, isHeard, duration_s: recording.duration_s },
    }),
    ended: hangUp,
  });
  onceOpen(call, () => player.play());
  return {
    call,
    line,
    player,
    hangUp,
    leave: () => {
      player.stop();
      line.stop();
    },
    over: () => player.stop(),
  };
}

async function stored(id) {
  const address = `${given.root}/v1/conversations/${id}/audio`;
  const [answer, transcript] = await Promise.all([
    fetch(address),
    ask(`/v1/conversations/${id}/transcript`).catch(() => null),
  ]);
  if (!answer.ok) await ask(`/v1/conversations/${id}/audio`); // throws with the problem
  return readRecording(await answer.arrayBuffer(), answer.headers.get("content-type"), transcript);
}

/** A call that comes in by telephony or another program. */
export function byWatching(session) {
  const call = new Call({ ...session, way: "watched" });
  const line = new WatchedLine(call, session.id, async (id) => {
    const running = await ask("/v1/live/sessions");
    return running.data.some((one) => one.id === id);
  });
  return { call, line, hangUp: null, leave: () => line.stop(), over: () => {} };
}
