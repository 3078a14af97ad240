// The head of a review: which contact, why it was chosen, which card.
import { fill, given, html, lang, length, moment, root, t } from "../kit.js";

const { stored, drawn, cards, card } = given;

/** Name the contact and say why it is reviewed. */
export function Head() {
  const facts = [
    stored.channel && t[stored.channel],
    moment(stored.started_at ?? stored.created_at),
    stored.duration_s > 0 && length(stored.duration_s),
    stored.queue,
    stored.agent_key && `${t.speaker_agent} ${stored.agent_key}`,
  ].filter(Boolean);
  return html`<header class="top">
    <div><h1>${stored.name}</h1>
      <ul class="about">${facts.map((one) => html`<li>${one}</li>`)}</ul>
      ${drawn && html`<p class="drawn small"><span class="chip accent">${fill(t.drawn_by, { rule: drawn.rule })}</span>
        ${drawn.signals.map((one) => html`<span class="chip">${t[`signal_${one}`] ?? one}</span>`)}
        <span>${drawn.why[lang]}</span></p>`}</div>
    <div class="row">
      <a class="quiet" href=${`${root}/review`}>${t.queue}</a>
      <a class="quiet" href=${`${root}/conversations/${stored.id}`}>${t.page}</a>
      ${cards.length > 1 && html`<label class="field"><span class="hidden">${t.card_choose}</span>
        <select value=${card.name} onInput=${(event) => {
          const query = new URLSearchParams(location.search);
          query.set("scorecard", event.currentTarget.value);
          location.search = query;
        }}>${cards.map((one) => html`<option value=${one.name}>${one.label}</option>`)}</select></label>`}
    </div>
  </header>`;
}
