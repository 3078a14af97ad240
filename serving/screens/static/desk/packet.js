// What the bot hands over, so that the customer need not say it again.
import { html, percent, quoted, t, typeset } from "../kit.js";

const MARKED_MOOD = 0.2; // as serving/store/values.py
const moodOf = (score) => (score > MARKED_MOOD ? "good" : score < -MARKED_MOOD ? "bad" : "neutral");

const Fact = ({ name, children }) => html`<dt>${name}</dt><dd>${children}</dd>`;
const List = ({ name, of }) => of.length > 0 && html`<${Fact} name=${name}><ul>
  ${of.map((one) => html`<li>${one}</li>`)}</ul></${Fact}>`;

/** Why a person is needed, how the customer feels, and the whole in some sentences. */
export function Brief({ of }) {
  const mood = of.sentiment && moodOf(of.sentiment.score);
  return html`<p class="chips"><span class=${of.urgency >= 2 ? "chip bad" : "chip accent"}>${
      t[`w_trigger_${of.trigger}`]}</span>
      ${of.reason && html`<span class="chip" title=${percent(of.reason.confidence)}>${
        of.reason.sub_label ?? of.reason.label}</span>`}
      ${mood && html`<span class=${`chip ${mood === "neutral" ? "" : mood}`}>${t.w_mood} ${t[`w_mood_${mood}`]}${
        of.sentiment.trend === "same" ? "" : `, ${t[`w_${of.sentiment.trend}`]}`}</span>`}</p>
    ${of.danger && html`<div class="notice"><strong>${t.w_danger}</strong> ${
        t[`w_danger_${of.danger}`] ?? of.danger}
      ${of.emergency_numbers.length > 0 && html`<p>${t.w_numbers} ${of.emergency_numbers.map(
        (one) => `${one.number} (${one.name})`).join(", ")}</p>`}</div>`}
    <p lang=${of.language}>${typeset(of.summary, of.language)}</p>`;
}

/** How to begin; `use` puts it where the agent writes. */
export function Beginning({ of, use }) {
  return html`<blockquote><p class="small">${t.w_first}</p>
    <p lang=${of.language}>${typeset(of.first_sentence, of.language)}</p>
    ${use && html`<button type="button" class="quiet" onClick=${() => use(of.first_sentence)}>${
      t.w_use_first}</button>`}</blockquote>`;
}

/** What was asked, tried, noted and promised. */
export function Collected({ of }) {
  return html`<dl>
    ${of.trigger_quote && html`<${Fact} name=${t.w_quote}>${quoted(of.trigger_quote)}</${Fact}>`}
    ${of.open_question && html`<${Fact} name=${t.w_open_question}>${quoted(of.open_question)}</${Fact}>`}
    ${of.steps.length > 0 && html`<${Fact} name=${t.w_steps}><ul>
      ${of.steps.map((one) => html`<li>${quoted(one.question)} <span class="chip">${
        t[`w_step_${one.result}`]}</span></li>`)}</ul></${Fact}>`}
    <${List} name=${t.w_articles} of=${[...new Set(of.articles.map((one) =>
      [one.title, one.heading].filter(Boolean).join(" › ")))]} />
    <${List} name=${t.w_entities} of=${of.entities.map((one) => one.quote)} />
    <${List} name=${t.w_facts} of=${of.established} />
    <${List} name=${t.w_promises} of=${of.commitments.map((one) => one.text)} />
    <${List} name=${t.w_objections} of=${of.objections.map((one) =>
      t[`w_objection_${one}`] ?? one)} />
  </dl>`;
}

/** All of it, for who answers in writing. */
export function Packet({ of, use }) {
  if (!of) return html`<p class="nothing">${t.w_no_packet}</p>`;
  return html`<div class="packet"><${Brief} of=${of} />
    ${use && html`<${Beginning} of=${of} use=${use} />`}<${Collected} of=${of} /></div>`;
}
