// The one suggestion: a passage of the knowledge base, where it stands, and what the agent does.
import { day, fill, html, quoted, say, t } from "../kit.js";
import { sureness, useCall } from "./using.js";

const ICONS = {
  up: "M7 11v9H4v-9zm2 9h8.3a2 2 0 0 0 2-1.6l1.2-6A2 2 0 0 0 18.5 10H14V5.5A1.5 1.5 0 0 0 12.5 4L9 11z",
  down: "M17 13V4h3v9zm-2-9H6.700a2 2 0 0 0-2 1.600l-1.200 6A2 2 0 0 0 5.500 14H10v4.500a1.500 1.500 0 0 0 1.500 1.500L15 13z",
};

const Icon = ({ name }) => html`<svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true">
  <path d=${ICONS[name]} fill="none" stroke="currentColor" stroke-width="1.7"
    stroke-linejoin="round" /></svg>`;

/** What can be done with a card; also what keys do. */
export function actionsOn(call, line) {
  const judge = (judgement) => {
    const { card } = call.now;
    if (!card) return false;
    if (!line.judge(card.id, judgement)) {
      say(t.not_now_cut, "bad");
      return false;
    }
    return true;
  };
  return {
    judge,
    copy: async () => {
      const { card } = call.now;
      if (!card) return;
      try {
        await navigator.clipboard.writeText(card.text);
        say(t.copied);
      } catch {
        say(t.not_copied, "bad");
        return;
      }
      if (call.now.phase === "live") judge("used");
    },
    mute: () => {
      const isMuted = !call.now.muted;
      if (line.mute(isMuted)) say(isMuted ? t.muted_now : t.unmuted_now);
      else say(t.not_now_cut, "bad");
    },
  };
}

function Source({ citation }) {
  const place = [citation.title, citation.heading].filter(Boolean).join(" › ");
  const page = citation.page ? fill(t.page, { n: citation.page }) : "";
  const isLink = /^https?:\/\//.test(citation.link ?? "");
  return html`<p class="source">
    ${isLink
      ? html`<a href=${citation.link} target="_blank" rel="noopener noreferrer">${place}</a>`
      : place}${page && ` · ${page}`}
    ${citation.date && html`<span> · ${fill(t.valid_from, { day: day(citation.date) })}</span>`}
    ${citation.state && citation.state !== "validated"
      && html` <span class="chip warn">${t[`state_${citation.state}`] ?? citation.state}</span>`}
  </p>`;
}

/** The place of the card; it says what it waits for when there is none. */
export function Suggestion({ call, actions }) {
  const card = useCall(call, (now) => now.card);
  const taken = useCall(call, (now) => now.taken);
  const isMuted = useCall(call, (now) => now.muted);
  const isLive = useCall(call, (now) => now.phase === "live");
  return html`<section class=${card ? "box card shown" : "box card"} aria-labelledby="card-title">
    <div class="row apart">
      <h2 id="card-title">${t.suggestion}</h2>
      ${isLive && html`<button class="quiet" onClick=${actions.mute}
        aria-label=${isMuted ? t.unmute : t.mute}>${isMuted ? t.unmute_short : t.mute_short} <kbd aria-hidden="true">m</kbd></button>`}
    </div>
    <div aria-live="polite">
      ${card
        ? html`<p class="asked">${quoted(card.question)}</p>
          <blockquote class="words">${card.text}</blockquote>
          <${Source} citation=${card.citation} />`
        : html`<p class="soft">${isMuted ? t.muted_hint : t.no_card}</p>`}
    </div>
    ${card && html`<div class="row acts">
      <button onClick=${actions.copy}>${t.copy} <kbd aria-hidden="true">c</kbd></button>
      ${isLive && html`
        <button class="icon" aria-pressed=${taken === "up"} title=${`${t.useful} (u)`}
          aria-label=${t.useful} onClick=${() => actions.judge("up")}><${Icon} name="up" /></button>
        <button class="icon" aria-pressed=${taken === "down"} title=${`${t.useless} (d)`}
          aria-label=${t.useless} onClick=${() => actions.judge("down")}><${Icon} name="down" /></button>
        <button class="quiet" onClick=${() => actions.judge("dismissed")}>${t.dismiss}${" "}
          <kbd aria-hidden="true">x</kbd></button>`}
      <span class="small sure">${sureness(card.confidence)}</span>
    </div>`}
  </section>`;
}
