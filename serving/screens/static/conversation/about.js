// What was understood of a conversation, box by box; every quote leads to its place.
import { ask, day, fill, html, length, moment, number, percent, t, useEffect, useState } from "../kit.js";
import { MoodCurve } from "./mood.js";

export const Box = ({ title, children, kind = "" }) => html`<section class=${`box ${kind}`}>
  ${title && html`<h2>${title}</h2>`}${children}</section>`;

/** A link to a passage: its time where it has one. */
export function Place({ of, go }) {
  if (!of?.length) return null;
  const at_s = of[0].start_s;
  const at = at_s === null || at_s === undefined ? null : length(at_s);
  return html` <button class="at" onClick=${() => go(of)}
    aria-label=${at ? fill(t.hear, { at }) : t.see}>${at ?? `#${of[0].turn_index + 1}`}</button>`;
}

export const Quote = ({ of, go }) => of?.length > 0 && html`<blockquote>
  <q>${of[0].quote}</q><${Place} of=${of} go=${go} /></blockquote>`;

export function Reasons({ reasons, nearest, go }) {
  const [first, ...others] = reasons;
  return html`<${Box} title=${t.reason} kind="reason">
    ${first
      ? html`<p class="big">${first.label}</p>
        <p class="small">${first.parent && `${first.parent} · `}${
          fill(t.sure, { p: percent(Math.round(100 * first.probability) / 100) })}</p>
        <${Quote} of=${first.evidence} go=${go} />`
      : html`<p class="big">${t.reason_unknown}</p>
        ${nearest && html`<p class="small">${fill(t.reason_nearest, { label: nearest.label })}</p>`}`}
    ${others.length > 0 && html`<p class="small">${t.also}${" "}${others.map((one) =>
      html`<span class="chip">${one.label}</span> `)}</p>`}
  </${Box}>`;
}

export function Facts({ facts, route, go }) {
  if (!facts.length && !route) return null;
  return html`<${Box} title=${t.facts}>
    <dl class="facts">
      ${facts.map((one) => html`<div><dt>${one.name}</dt>
        <dd class=${one.style}>${one.value}<${Place} of=${one.evidence} go=${go} /></dd></div>`)}
      ${route && html`<div><dt>${t.route}</dt><dd><b>${route.to}</b>
        <span class="small">${route.why}</span></dd></div>`}
    </dl></${Box}>`;
}

export function Mood({ of, turns, go }) {
  return html`<${Box} title=${t.mood}>
    ${of
      ? html`<${MoodCurve} of=${of} turns=${turns} go=${go} />
        <p class="moods small"><span>${t.mood_start} <b>${number(of.start)}</b></span>
          <span>${t.mood_end} <b>${number(of.end)}</b></span>
          <span>${t.mood_all} <b>${number(of.overall)}</b></span></p>
        ${of.moment.length > 0 && html`<p class="small">${t.mood_moment}</p>
          <${Quote} of=${of.moment} go=${go} />`}`
      : html`<p class="small">${t.mood_none}</p>`}
    <p class="small">${t.mood_note}</p></${Box}>`;
}

/** The note that was sent, where one was; else the machine's draft with its places. */
export function Note({ of, id, go }) {
  const [sent, setSent] = useState(null);
  useEffect(() => {
    ask(`/v1/conversations/${id}/note?redacted=true`).then(
      (found) => found?.text && setSent(found), () => {});
  }, [id]);
  return html`<${Box} title=${t.note}>
    ${sent
      ? html`<p class="words">${sent.text}</p>
        <p class="small">${t.note_sent}, ${moment(sent.sent_at)}</p>`
      : of.length
        ? html`<ul class="lines">${of.map((one) => html`<li>${one.text}<${Place} of=${one.evidence} go=${go} /></li>`)}</ul>
          <p class="small">${t.note_draft}</p>`
        : html`<p class="small">${t.note_none}</p>`}</${Box}>`;
}

export const Promises = ({ of, go }) => html`<${Box} title=${t.promises}>
  ${of.length
    ? html`<ul class="lines">${of.map((one) => html`<li>
        <span class=${`chip ${one.who}`}>${t[`speaker_${one.who}`]}</span> ${one.text}
        ${one.due && html` <b class="due">${fill(t.due, { day: day(one.due.split("/").at(-1)) })}</b>`}
        <${Place} of=${one.evidence} go=${go} /></li>`)}</ul>`
    : html`<p class="small">${t.promises_none}</p>`}</${Box}>`;

export const Categories = ({ of, go }) => html`<${Box} title=${t.categories}>
  ${of.length
    ? html`<ul class="lines">${of.map((one) => html`<li><b>${one.label}</b>
        ${one.alert && html` <span class="chip bad">${t.alert}</span>`}
        <${Quote} of=${one.evidence} go=${go} /></li>`)}</ul>`
    : html`<p class="small">${t.categories_none}</p>`}</${Box}>`;

export const Questions = ({ of, go }) => html`<${Box} title=${t.questions}>
  ${of.length
    ? html`<ul class="lines">${of.map((one) => html`<li><b>${one.text}</b><${Place} of=${one.evidence} go=${go} />
        ${one.answer
          ? html`<p class="answer">${one.answer.text}</p>
            <p class="small">${fill(t.answered_by, { source: one.answer.source ?? "" })}</p>`
          : one.was_asked && html`<p class="small">${t.not_answered}</p>`}</li>`)}</ul>`
    : html`<p class="small">${t.questions_none}</p>`}</${Box}>`;

export const Entities = ({ of, go }) => html`<${Box} title=${t.entities}>
  ${of.length
    ? html`<ul class="entities">${of.map((one) => html`<li><button class="chip" onClick=${() => go(one.evidence)}>
        <span class="small">${t[`entity_${one.kind}`]}</span> ${one.text}</button></li>`)}</ul>`
    : html`<p class="small">${t.entities_none}</p>`}</${Box}>`;

export const Account = ({ of, go }) => html`<${Box} title=${t.heard}>
  ${of.warnings.map((one) => html`<p class="notice" lang="en">${one}</p>`)}
  <ul class="channels">${of.channels.map((one) => html`<li>
    <span>${fill(t.channel_n, { n: one.channel })}, ${t[`speaker_${one.speaker}`]}</span>
    <meter min="0" max="1" value=${one.speech_s ? Math.min(1, one.covered_s / one.speech_s) : 1}
      aria-label=${fill(t.channel_n, { n: one.channel })}></meter>
    <span class="small">${fill(t.heard_of, {
      covered: length(one.covered_s), speech: length(one.speech_s) })}</span>
    ${one.gaps.length > 0 && html`<p class="small">${t.heard_gaps}${" "}${one.gaps.map((gap) => html`<button
      class="at" onClick=${() => go([{ ...gap, turn_index: -1, quote: "" }])}
      aria-label=${fill(t.hear, { at: length(gap.start_s) })}>${length(gap.start_s)}</button> `)}</p>`}
  </li>`)}</ul>
  <details><summary class="small">${t.heard_more}</summary>
    <ul class="small">${of.lines.map((one) => html`<li>${one}</li>`)}</ul>
    ${of.dropped.length > 0 && html`<p class="small">${t.heard_dropped}</p>
      <ul class="small">${of.dropped.map((one) => html`<li>${one}</li>`)}</ul>`}
    <p class="small">${of.provenance}${of.models.length > 0 && ` · ${of.models.join(", ")}`}</p>
  </details></${Box}>`;
