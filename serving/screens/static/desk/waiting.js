// Who waits for a person in writing: counted in the page's title, told once, rung where wanted.
import { fill, html, say, t, useCallback, useEffect, useRef, useState } from "../kit.js";

const BELL = "entendu-desk-bell";
const NOTES_HZ = [660, 880];
const NOTE_S = 0.16;
const VOLUME = 0.08;

const bell = { context: null };

/** Two soft notes. A browser that has not been touched yet plays nothing. */
function ring() {
  const context = (bell.context ??= new AudioContext());
  context.resume();
  NOTES_HZ.forEach((frequency, place) => {
    const at = context.currentTime + place * NOTE_S;
    const note = new OscillatorNode(context, { frequency });
    const volume = new GainNode(context, { gain: 0 });
    volume.gain.linearRampToValueAtTime(VOLUME, at + 0.02);
    volume.gain.linearRampToValueAtTime(0, at + NOTE_S);
    note.connect(volume).connect(context.destination);
    note.start(at);
    note.stop(at + NOTE_S);
  });
}

const isBellOn = () => {
  try {
    return localStorage.getItem(BELL) === "on";
  } catch {
    return false;
  }
};

/** What asks for the agent: customers who wait, and their own ones with something new. */
export const askedFor = (queue) =>
  queue.waiting.length + queue.mine.filter((one) => one.unread && one.state !== "closed").length;

/**
 * Follow the queue: returns it, and what takes the next one. Whoever comes new is told once, and
 * the page's title says how many there are.
 */
export function useWaiting(first) {
  const [queue, setQueue] = useState(first);
  const known = useRef(new Set(first?.waiting.map((one) => one.id)));
  const title = useRef(document.title);
  const take = useCallback((next) => {
    const isNew = next.waiting.some((one) => !known.current.has(one.id));
    known.current = new Set(next.waiting.map((one) => one.id));
    setQueue(next);
    if (!isNew) return;
    say(next.waiting.length === 1 ? t.w_arrived : fill(t.w_arrived_many, { n: next.waiting.length }));
    if (isBellOn()) ring();
  }, []);
  const count = queue ? askedFor(queue) : 0;
  useEffect(() => {
    document.title = count ? `(${count}) ${title.current}` : title.current;
  }, [count]);
  return [queue, take];
}

/** Whether it rings; off until the agent switches it on, on this machine. */
export function Bell() {
  const [isOn, setIsOn] = useState(isBellOn);
  const turn = () => {
    try {
      localStorage.setItem(BELL, isOn ? "off" : "on");
    } catch {
      return; // a browser that forbids storage stays silent
    }
    setIsOn(!isOn);
    if (!isOn) ring();
  };
  return html`<button type="button" class="quiet bell" aria-pressed=${isOn} onClick=${turn}
      title=${t.w_bell_hint}>
    <svg viewBox="0 0 24 24" width="17" height="17" aria-hidden="true"><path fill="none"
      stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"
      d="M6 16V11a6 6 0 0 1 12 0v5l1.500 2h-15zM10 21h4" />
      ${!isOn && html`<path d="M4 4l16 17" stroke="currentColor" stroke-width="1.8"
        stroke-linecap="round" />`}</svg> ${t.w_bell}</button>`;
}
