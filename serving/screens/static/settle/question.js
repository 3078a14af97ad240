// One question of an evaluation: who answered what, why, on which words.
import { fill, html, moment, number, t } from "../kit.js";
import { Answer, Quotes, both, machineAnswer, who } from "./parts.js";

/** What holds now: {answer, draft}; people's word before the machine's. */
export function standing(item, reviewed) {
  const last = reviewed?.decisions.at(-1);
  return last
    ? { answer: last.answer, draft: false }
    : { answer: machineAnswer(item), draft: true };
}

const HOW = { confirmed: "how_confirmed", corrected: "how_corrected", settled: "how_settled" };

/** Both answers, people's first, each with its reason and its quotes. */
export function Words({ item, reviewed, gate, people, speakers, jump }) {
  const decisions = [...(reviewed?.decisions ?? [])].reverse();
  return html`<div class="both-sides">
    ${decisions.map((one, at) => html`<div class=${at ? "side before" : "side"} key=${one.event}>
      <p class="by">${at > 0 && html`<span class="small">${t.before} </span>`}
        <b>${who(one.author, people)}</b> <span class="small">${t[HOW[one.how]]}, ${
          moment(one.at)}</span> <${Answer} of=${one.answer} /></p>
      ${one.reason && html`<p class="words">${one.reason}</p>`}
      <${Quotes} of=${one.evidence} speakers=${speakers} jump=${jump} />
    </div>`)}
    ${reviewed?.eliminatory_decisions.map((one) => html`<div class="side" key=${one.event}>
      <p class="by"><b>${who(one.author, people)}</b> <span class="small">${moment(one.at)}</span>
        <span class=${one.met ? "chip bad" : "chip good"}>${
          one.met ? t.eliminatory_met : t.eliminatory_not_met}</span></p>
      <p class="words">${one.reason}</p>
      <${Quotes} of=${one.evidence} speakers=${speakers} jump=${jump} />
    </div>`)}
    <div class="side machine">
      <p class="by"><b>${t.machine}</b> <span class="small">${t.how_machine}</span>
        ${gate === "off" ? html`<span class="chip">${t.withdrawn}</span>`
          : html`<${Answer} of=${machineAnswer(item)} />`}
        ${gate === "assist" && html`<span class="chip">${t.not_counted}</span>`}</p>
      ${both(item, "reason") && gate !== "off" && html`<p class="words">${both(item, "reason")}</p>`}
      ${gate !== "off"
        && html`<${Quotes} of=${item.evidence} speakers=${speakers} jump=${jump} />`}
    </div>
  </div>`;
}

/** Remarks on a question, or on the whole contact where `item` is null. */
export function Comments({ of, item = null, people, speakers, jump }) {
  const mine = of.filter((one) => (one.item ?? null) === item);
  if (!mine.length) return null;
  return html`<ul class="comments">${mine.map((one) => html`<li key=${one.event}>
    <p class="by"><b>${who(one.author, people)}</b> <span class="small">${moment(one.at)}</span></p>
    <p class="words">${one.text}</p>
    <${Quotes} of=${one.evidence} speakers=${speakers} jump=${jump} />
  </li>`)}</ul>`;
}

/** A contest and how it went: both sides' words. */
export function Contested({ of, people, speakers, jump }) {
  return html`<div class="contested">
    <p class="by"><span class=${`chip ${of.is_open ? "warn" : "accent"}`}>${
      of.is_open ? t.contest_open : t.contest_settled}</span>
      <b>${who(of.author, people)}</b> <span class="small">${moment(of.at)}</span></p>
    <p class="words">${of.reason}</p>
    <${Quotes} of=${of.evidence} speakers=${speakers} jump=${jump} />
    ${of.verdicts.map((one) => html`<div class="verdict" key=${one.event}>
      <p class="by"><span class="chip">${t[`outcome_${one.outcome}`]}</span>
        <b>${who(one.author, people)}</b> <span class="small">${moment(one.at)}</span></p>
      <p class="words">${one.reason}</p></div>`)}
  </div>`;
}

/** Points got out of those there are: "7,5 / 10". */
export const points = (item, answer) => (typeof answer === "number"
  ? fill(t.points_of, { got: number(item.points * answer), all: number(item.points) })
  : fill(t.points_worth, { all: number(item.points) }));

/** A contest is open while nobody has settled it after it was last opened. */
export const withState = (contest) => ({
  ...contest,
  is_open: !contest.verdicts.length || contest.verdicts.at(-1).outcome === "reopened",
});
