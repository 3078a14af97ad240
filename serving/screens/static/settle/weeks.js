// An agent's own weeks as a line, with the table that says the same.
import { day, fill, html, number, t } from "../kit.js";

const [WIDE, HIGH, LEFT, RIGHT, TOP, FOOT] = [520, 190, 34, 14, 12, 26];
const MOST = 12;

export function Weeks({ of }) {
  const shown = of.slice(-MOST);
  const x = (at) => (shown.length === 1
    ? (LEFT + WIDE - RIGHT) / 2
    : LEFT + ((WIDE - LEFT - RIGHT) * at) / (shown.length - 1));
  const y = (score) => TOP + ((HIGH - TOP - FOOT) * (100 - score)) / 100;
  const points = shown.map((one, at) => [x(at), y(one.mean)]);
  const short = (one) => day(one.monday).replace(/\s?\d{4}$/, "");
  return html`<figure class="weeks">
    <svg viewBox=${`0 0 ${WIDE} ${HIGH}`} role="img" aria-label=${fill(t.course_alt, {
      first: number(shown[0].mean), last: number(shown.at(-1).mean), n: shown.length })}>
      ${[0, 50, 100].map((one) => html`<g>
        <line class="rule" x1=${LEFT} x2=${WIDE - RIGHT} y1=${y(one)} y2=${y(one)} />
        <text x=${LEFT - 6} y=${y(one) + 4} text-anchor="end">${one}</text></g>`)}
      <polyline points=${points.map((one) => one.join(",")).join(" ")} />
      ${shown.map((one, at) => html`<g>
        <circle cx=${points[at][0]} cy=${points[at][1]} r=${Math.min(9, 3 + one.n)} />
        ${(at === 0 || at === shown.length - 1 || shown.length < 7) && html`<text
          x=${points[at][0]} y=${HIGH - 8}
          text-anchor=${shown.length === 1 ? "middle" : at === 0 ? "start"
            : at === shown.length - 1 ? "end" : "middle"}>${short(one)}</text>`}
      </g>`)}
    </svg>
    <details><summary>${t.as_table}</summary>
      <table class="table"><thead><tr><th scope="col">${t.week}</th>
        <th scope="col" class="number">${t.mean}</th><th scope="col" class="number">${t.n}</th>
      </tr></thead><tbody>${[...of].reverse().map((one) => html`<tr key=${one.monday}>
        <td>${day(one.monday)}</td><td class="number">${number(one.mean)}</td>
        <td class="number">${one.n}</td></tr>`)}</tbody></table>
    </details>
  </figure>`;
}
