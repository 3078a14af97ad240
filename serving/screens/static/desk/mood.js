// The customer's mood, read from their words: a small curve, and the same said.
import { fill, html, number, t } from "../kit.js";
import { useCall } from "./using.js";

const WIDTH = 220;
const HEIGHT = 56;
const EDGE = 6;
const EVEN = 0.15;
const SHOWN = 40;

const nameOf = (score) => (score < -EVEN ? t.mood_bad : score > EVEN ? t.mood_good : t.mood_even);

function trendOf(scores) {
  if (scores.length < 4) return "";
  const half = Math.floor(scores.length / 2);
  const mean = (list) => list.reduce((sum, one) => sum + one, 0) / list.length;
  const change = mean(scores.slice(half)) - mean(scores.slice(0, half));
  return change > EVEN ? t.trend_up : change < -EVEN ? t.trend_down : t.trend_even;
}

/** The curve of the newest turns of the customer, from −1 to 1. */
export function Mood({ call }) {
  const mood = useCall(call, (now) => now.mood);
  if (!mood.length)
    return html`<div class="fact"><h2>${t.mood}</h2><p class="soft">${t.mood_none}</p></div>`;
  const scores = mood.slice(-SHOWN).map((one) => one.score);
  const overall = mood[mood.length - 1].overall;
  const x = (place) => scores.length === 1
    ? WIDTH / 2 : EDGE + (place * (WIDTH - 2 * EDGE)) / (scores.length - 1);
  const y = (score) => HEIGHT / 2 - score * (HEIGHT / 2 - EDGE);
  const points = scores.map((score, place) => `${x(place)},${y(score)}`);
  const last = scores.length - 1;
  const said = [nameOf(overall), trendOf(scores)].filter(Boolean).join(", ");
  return html`<div class="fact mood">
    <h2>${t.mood}</h2>
    <p><strong>${said}</strong></p>
    <svg viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label=${fill(t.mood_said, {
      said, n: mood.length, first: number(scores[0]), last: number(scores[last]),
    })}>
      <line x1="0" x2=${WIDTH} y1=${HEIGHT / 2} y2=${HEIGHT / 2} class="zero" />
      ${points.length > 1 && html`<polyline points=${points.join(" ")} class="curve" />`}
      ${scores.map((score, place) => html`<circle cx=${x(place)} cy=${y(score)}
        r=${place === last ? 4 : 2}
        class=${score < -EVEN ? "bad" : score > EVEN ? "good" : "even"} />`)}
    </svg>
  </div>`;
}
