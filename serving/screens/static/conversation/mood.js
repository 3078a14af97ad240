// The customer's mood over the contact as a curve; a click on a point leads to its turn.
import { fill, html, number, t } from "../kit.js";

const WIDE = 300;
const HIGH = 84;
const y = (score) => HIGH / 2 - (score * (HIGH - 14)) / 2;

/** Draw the mood {turns: [{turn_index, score}], start, end}; with one point there is no curve. */
export function MoodCurve({ of, turns, go }) {
  const points = of.turns.filter((one) => turns[one.turn_index]).map((one) => {
    const turn = turns[one.turn_index];
    return { ...one, turn, at: turn.start_s ?? one.turn_index };
  });
  if (points.length < 2) return null;
  const last = points.at(-1).at;
  const first = points[0].at;
  const x = (at) => 8 + ((WIDE - 16) * (at - first)) / Math.max(1e-6, last - first);
  const path = points.map((one, place) => {
    const [px, py] = [x(one.at), y(one.score)];
    if (place === 0) return `M${px},${py}`;
    const before = points[place - 1];
    const half = (x(before.at) + px) / 2;
    return `C${half},${y(before.score)} ${half},${py} ${px},${py}`;
  }).join(" ");
  return html`<svg class="mood" viewBox=${`0 0 ${WIDE} ${HIGH}`} role="img" aria-label=${
      fill(t.mood_curve, { start: number(of.start), end: number(of.end) })}>
    <line class="axis" x1="0" x2=${WIDE} y1=${HIGH / 2} y2=${HIGH / 2}></line>
    <path class="curve" d=${path}></path>
    ${points.map((one) => html`<circle class=${one.label} cx=${x(one.at)} cy=${y(one.score)} r="4"
      onClick=${() => go([{ turn_index: one.turn_index, quote: one.turn.text, start_s: one.turn.start_s, end_s: one.turn.end_s }])}></circle>`)}
  </svg>`;
}
