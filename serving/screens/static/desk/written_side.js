// Beside a written contact: the hand-over, a search of the articles, the customer's history.
import { Timeline } from "../timeline.js";
import { Problem, ask, html, percent, root, t, useState } from "../kit.js";

// What goes to customers may only quote what customers may read.
const PUBLIC = { audiences: ["public"], states: ["validated"] };
const MARKED_MOOD = 0.2; // as serving/store/values.py
const moodOf = (score) => (score > MARKED_MOOD ? "good" : score < -MARKED_MOOD ? "bad" : "neutral");

const Fact = ({ name, children }) => html`<dt>${name}</dt><dd>${children}</dd>`;
const List = ({ name, of }) => of.length > 0 && html`<${Fact} name=${name}><ul>
  ${of.map((one) => html`<li>${one}</li>`)}</ul></${Fact}>`;

/** What the bot hands over, so that the customer need not say it again. */
export function Packet({ of, use }) {
  if (!of) return html`<p class="nothing">${t.w_no_packet}</p>`;
  const mood = of.sentiment && moodOf(of.sentiment.score);
  return html`<div class="packet">
    <p class="chips"><span class=${of.urgency >= 2 ? "chip bad" : "chip accent"}>${
      t[`w_trigger_${of.trigger}`]}</span>
      ${of.reason && html`<span class="chip" title=${percent(of.reason.confidence)}>${
        of.reason.sub_label ?? of.reason.label}</span>`}
      ${mood && html`<span class=${`chip ${mood === "neutral" ? "" : mood}`}>${t.w_mood} ${t[`w_mood_${mood}`]}${
        of.sentiment.trend === "same" ? "" : `, ${t[`w_${of.sentiment.trend}`]}`}</span>`}</p>
    ${of.danger && html`<div class="notice"><strong>${t.w_danger}</strong> ${
        t[`w_danger_${of.danger}`] ?? of.danger}
      ${of.emergency_numbers.length > 0 && html`<p>${t.w_numbers} ${of.emergency_numbers.map(
        (one) => `${one.number} (${one.name})`).join(", ")}</p>`}</div>`}
    <p>${of.summary}</p>
    ${use && html`<blockquote><p class="small">${t.w_first}</p>
      <p lang=${of.language}>${of.first_sentence}</p>
      <button type="button" class="quiet" onClick=${() => use(of.first_sentence)}>${
        t.w_use_first}</button></blockquote>`}
    <dl>
      ${of.trigger_quote && html`<${Fact} name=${t.w_quote}>« ${of.trigger_quote} »</${Fact}>`}
      ${of.open_question && html`<${Fact} name=${t.w_open_question}>« ${of.open_question} »</${Fact}>`}
      ${of.steps.length > 0 && html`<${Fact} name=${t.w_steps}><ul>
        ${of.steps.map((one) => html`<li>« ${one.question} » <span class="chip">${
          t[`w_step_${one.result}`]}</span></li>`)}</ul></${Fact}>`}
      <${List} name=${t.w_articles} of=${[...new Set(of.articles.map((one) =>
        [one.title, one.heading].filter(Boolean).join(" › ")))]} />
      <${List} name=${t.w_entities} of=${of.entities.map((one) => one.quote)} />
      <${List} name=${t.w_facts} of=${of.established} />
      <${List} name=${t.w_promises} of=${of.commitments.map((one) => one.text)} />
      <${List} name=${t.w_objections} of=${of.objections.map((one) =>
        t[`w_objection_${one}`] ?? one)} />
    </dl>
  </div>`;
}

/** Look for an article by hand, and quote it. */
export function Search({ insert }) {
  const [found, setFound] = useState(null);
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const look = async (event) => {
    event.preventDefault();
    const query = event.currentTarget.elements.query.value.trim();
    if (!query) return;
    setBusy(true);
    try {
      const body = { query, k: 4, filters: PUBLIC };
      setFound((await ask("/v1/knowledge/search", { method: "POST", body })).hits);
      setProblem(null);
    } catch (refused) {
      setProblem(refused);
    } finally {
      setBusy(false);
    }
  };
  return html`<form class="search" onSubmit=${look}>
    <div class="row"><input name="query" maxlength="300" aria-label=${t.w_search}
      placeholder=${t.w_search} /><button disabled=${busy}>${t.w_search_go}</button></div>
    <${Problem} of=${problem} />
    <div role="status">${found && found.length === 0 && html`<p class="small">${
      t.w_search_none}</p>`}</div>
    ${found && found.length > 0 && html`<ul class="hits">${found.map(({ passage }) => {
      const title = [passage.title, passage.heading].filter(Boolean).join(" › ");
      const href = `${location.origin}${root}/chat/articles/${encodeURI(passage.document)}#${
        encodeURIComponent(passage.id)}`;
      const source = { document: passage.document, title, href, quote: passage.text, date: null };
      return html`<li><a href=${href} target="_blank" rel="noopener">${title}</a>
        <p class="words" lang=${passage.language}>${passage.text}</p>
        ${insert && html`<button type="button" class="quiet"
          onClick=${() => insert(passage.text, [source])}>${t.w_quote_it}</button>`}</li>`;
    })}</ul>`}
  </form>`;
}

// Whoever takes a contact may see more of the history: `mine` asks for it again.
export function Side({ packet, use, insert, customer, except, mine }) {
  return html`<div class="side">
    ${packet !== undefined && html`<section class="box" aria-label=${t.w_packet}>
      <h2>${t.w_packet}</h2><${Packet} of=${packet} use=${use} /></section>`}
    <section class="box" aria-label=${t.w_search}><h2>${t.w_search}</h2>
      <${Search} insert=${insert} /></section>
    <section class="box" aria-label=${t.tl_title}><h2>${t.tl_title}</h2>
      <${Timeline} key=${mine} customerKey=${customer} except=${except} /></section>
  </div>`;
}
