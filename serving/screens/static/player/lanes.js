// Who spoke when, below the waveform: turns of each side, silences, overlaps, marked passages.
import { fill, html, length, t, useEffect, useRef } from "../kit.js";

const SIDES = ["agent", "customer", "other"];
const side = (speaker) =>
  speaker === "bot" ? "agent" : SIDES.includes(speaker) ? speaker : "other";

/** Draw the lanes; a click goes to its second, one on a mark tells which it was. */
export function Lanes({ sound, turns, silences, overlaps, marks, duration_s, chosen }) {
  const needle = useRef(null);
  useEffect(() => sound.hear((at_s) => {
    needle.current.style.left = `${(100 * at_s) / duration_s}%`;
  }), [sound, duration_s]);
  const spoken = turns.filter((turn) => turn.start_s !== null);
  const sides = SIDES.filter((one) => spoken.some((turn) => side(turn.speaker) === one));
  const x = (at_s) => (1000 * at_s) / duration_s;
  const wide = (one) => Math.max(1, x(one.end_s) - x(one.start_s));
  const height = sides.length * 10;
  const to = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    sound.seek(((event.clientX - box.left) / box.width) * duration_s);
  };

  return html`<div class="lanes">
    <svg viewBox=${`0 0 1000 ${height}`} preserveAspectRatio="none" aria-hidden="true"
        onClick=${to}>
      ${silences.map((one) => html`<rect class="silence" x=${x(one.start_s)} y="0"
        width=${wide(one)} height=${height}><title>${
          fill(t.player_silence_of, { s: length(one.end_s - one.start_s) })}</title></rect>`)}
      ${spoken.map((turn) => html`<rect class=${`bar ${side(turn.speaker)}`} x=${x(turn.start_s)}
        y=${sides.indexOf(side(turn.speaker)) * 10 + 1.5} width=${wide(turn)} height="7"></rect>`)}
      ${overlaps.map((one) => html`<rect class="overlap" x=${x(one.start_s)} y="0"
        width=${wide(one)} height=${height}></rect>`)}
    </svg>
    <div class="marks">${marks.filter((one) => one.start_s !== null && one.start_s !== undefined)
      .map((one) => html`<button key=${one.key} class=${`tick ${one.kind}${one.now ? " now" : ""}`}
        tabindex="-1" title=${`${length(one.start_s)} ${one.label}`}
        aria-label=${`${one.label}, ${length(one.start_s)}`}
        style=${{ left: `${(100 * one.start_s) / duration_s}%` }}
        onClick=${() => chosen(one)}></button>`)}</div>
    <span class="needle" ref=${needle}></span>
  </div>`;
}
