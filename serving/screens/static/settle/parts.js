// What the pages around a review share: answers, quotes, people, scores, the history.
import { fill, given, html, lang, length, moment, number, t } from "../kit.js";

export { counted } from "../kit.js";

export const ANSWERS = [1, 0.5, 0, "na"];

const NAMES = { 1: "conform", 0.5: "partly", 0: "not_conform", na: "not_applicable" };
const KINDS = { 1: "good", 0.5: "warn", 0: "bad", na: "" };

/** A title or question of a card in the reader's language. */
export const text = (title) => (lang === "en" ? title.en : title.fr);
/** `label_fr`/`label_en`, `reason_fr`/`reason_en`… in the reader's language. */
export const both = (one, name) => one[`${name}_${lang === "en" ? "en" : "fr"}`];

export const answerName = (answer) =>
  (answer === null || answer === undefined ? t.cannot_tell : t[NAMES[answer]]);

/** An answer as a chip: never by colour alone. */
export const Answer = ({ of }) =>
  html`<span class=${`chip ${KINDS[of] ?? ""}`}>${answerName(of)}</span>`;

/** What an evaluation's item of the machine answers; null where it cannot tell. */
export const machineAnswer = (item) =>
  (item.status === "not_applicable" ? "na" : item.value);

export const who = (id, people = {}) => {
  if (id === "entendu") return t.machine;
  if (id === "settings") return t.role_admin;
  return people[id] ?? id;
};

/** Quotes; with `jump` a click leads to the passage. */
export function Quotes({ of, speakers = {}, jump }) {
  if (!of?.length) return null;
  return html`<ul class="quotes">${of.map((one) => {
    const speaker = speakers[one.turn_index] ?? "unknown";
    const said = html`<span class="where">${t[`speaker_${speaker}`]}${
      one.start_s === null ? "" : ` · ${length(one.start_s)}`}</span><q>${one.quote}</q>`;
    return html`<li class=${speaker}>${jump
      ? html`<button class="jump" onClick=${() => jump(one)} title=${t.jump}>${said}</button>`
      : said}</li>`;
  })}</ul>`;
}

/** The one note, and whose it is. */
export function Score({ of, small = false }) {
  const shown = of.score_100 === null ? "–" : number(Math.round(of.score_100));
  return html`<span class=${small ? "score small" : "score"}>
    <strong>${shown}</strong><span class="of">/100</span>
    <span class=${`chip ${of.draft ? "warn" : "good"}`}>${of.draft ? t.draft : t.by_people}</span>
    ${of.eliminated_by.length > 0 && html`<span class="chip bad">${t.eliminated}</span>`}
  </span>`;
}

/** A conversation in one line. */
export function Contact({ of, heading }) {
  const about = [
    t[of.channel] ?? of.channel, moment(of.started_at), length(of.duration_s), of.queue,
    given.reasons?.[of.reason] ?? of.reason,
  ].filter(Boolean);
  return html`<div class="contact">
    ${heading ? html`<h1>${of.name}</h1>` : html`<strong class="name">${of.name}</strong>`}
    <p class="small">${about.join(" · ")}</p>
  </div>`;
}

const NOTED = {
  opened: () => t.did_opened,
  assigned: (e, p) => fill(t.did_assigned, { who: who(e.to, p) }),
  confirmed: () => t.did_confirmed,
  corrected: (e) => fill(t.did_corrected, { answer: answerName(e.answer) }),
  commented: () => t.did_commented,
  root_cause: (e) => fill(t.did_root_cause, { cause: t[`cause_${e.cause}`] ?? e.cause }),
  eliminatory_confirmed: () => t.did_eliminatory_confirmed,
  eliminatory_rejected: () => t.did_eliminatory_rejected,
  shared: () => t.did_shared,
  acknowledged: () => t.did_acknowledged,
  contested: () => t.did_contested,
  settled: (e) => (e.outcome === "upheld"
    ? t.did_upheld
    : fill(t.did_changed, { answer: e.answer === null ? "" : answerName(e.answer) })),
  reopened: () => t.did_reopened,
};
const ROLES = { analyst: "role_analyst", reviewer: "role_reviewer", agent: "role_agent" };

/** Confirmations one after the other by the same person are one line. */
function gathered(events) {
  const found = [];
  for (const one of events) {
    const last = found.at(-1);
    if (one.kind === "confirmed" && last?.kind === "confirmed" && last.author === one.author)
      last.items.push(one.item);
    else found.push({ ...one, items: one.kind === "confirmed" ? [one.item] : [] });
  }
  return found;
}

/** All that happened, newest first, in words. */
export function History({ of, people, questions }) {
  const contested = Object.fromEntries(
    of.filter((one) => one.kind === "contested").map((one) => [one.id, one.item]));
  const named = (item) => questions[item] ?? item;
  return html`<ol class="history" reversed>${gathered([...of].reverse()).map((one) => {
    const item = one.item ?? contested[one.contest];
    const said = one.reason ?? one.text ?? null;
    return html`<li key=${one.id} class=${one.role}>
      <p><b>${who(one.author, people)}</b>${ROLES[one.role]
        ? html` <span class="small">${t[ROLES[one.role]]}</span>` : ""}${" "}
        ${one.items.length > 1
          ? fill(t.did_confirmed_n, { n: one.items.length })
          : html`${NOTED[one.kind]?.(one, people) ?? one.kind}${
            item ? html` – <i>${named(item)}</i>` : ""}`}</p>
      ${one.items.length > 1 && html`<details><summary class="small">${t.which}</summary>
        <ul class="small">${one.items.map((id) => html`<li>${named(id)}</li>`)}</ul></details>`}
      ${said && html`<blockquote class="words">${said}</blockquote>`}
      <time datetime=${one.at}>${moment(one.at)}</time>
    </li>`;
  })}</ol>`;
}

/** Labels of the questions of an evaluation by id. */
export const questionsOf = (automatic) =>
  Object.fromEntries(automatic.items.map((one) => [one.id, both(one, "label")]));
