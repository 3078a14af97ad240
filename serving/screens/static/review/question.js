// One question of the card: the machine's proposal with its record, and what people answer.
import {
  fill, given, html, number, percent, t, two, useEffect, useLayoutEffect, useRef,
} from "../kit.js";
import { useUnsent } from "../unsent.js";
import { ANSWERS, answerOf, isPrefilled, proposalFor } from "./answers.js";
import { decisionsOn, itemOf, typedAt } from "./record.js";
import { Eliminatory } from "./eliminatory.js";
import { Cause } from "./cause.js";
import { Quotes } from "./quotes.js";

function Chip({ answer, drawn = false, label = null }) {
  const found = answerOf(answer);
  return html`<span class=${`chip ${found.kind}${drawn ? " drawn" : ""}`}>${found.sign} ${label ?? found.word}</span>`;
}

function Record({ item }) {
  const record = given.records[item];
  if (!record) return html`<span class="small">${t.record_none}</span>`;
  return html`<span class="small">${fill(t.record, {
      kappa: two(record.kappa), low: two(record.low), high: two(record.high), n: record.n })}</span>
    <span class=${`chip gate ${record.gate}`} title=${record.reason}>${t[`gate_${record.gate}`]}</span>`;
}

function Proposal({ question, go }) {
  const proposal = proposalFor(question.id);
  const draft = given.draft?.items[question.id];
  const off = given.draft?.gates[question.id] === "off";
  if (given.blind) return null;
  return html`<div class="proposal">
    <p class="line">${proposal
      ? html`<span class="small">${t.machine}</span> <${Chip} answer=${proposal.answer} drawn />
        ${proposal.confidence !== null && html`<span class="small">${fill(t.sure, { p: percent(Math.round(100 * proposal.confidence) / 100) })}</span>`}`
      : html`<span class="small">${off ? t.machine_off
        : question.decided_by === "person" ? t.machine_person : t.machine_none}</span>`}
      <${Record} item=${question.id} /></p>
    ${draft && !off && html`<p class="because">${draft.reason}</p>`}
    ${!off && html`<${Quotes} of=${draft?.evidence} go=${go} />`}
  </div>`;
}

/** Ask why, before an answer that is not the machine's is recorded; what is typed is kept. */
function Reason({ asked, send, drop, chosen, dropChosen, busy }) {
  const [text, setText] = useUnsent(typedAt(`reason ${asked.item}`), "");
  const field = useRef(null);
  useLayoutEffect(() => {
    field.current.focus();
    field.current.form.scrollIntoView({ block: "nearest" });
  }, [asked.answer]);
  return html`<form class="why" onSubmit=${(event) => {
    event.preventDefault();
    if (text.trim()) send(text.trim());
  }}>
    <p class="line"><${Chip} answer=${asked.answer} />
      ${chosen && html`<span class="chip accent">${t.quoted}
        <button type="button" class="drop" aria-label=${t.quote_drop} onClick=${dropChosen}>×</button></span>`}</p>
    <label class="field">${t.reason}
      <textarea ref=${field} rows="2" maxlength="4000" value=${text}
        onInput=${(event) => setText(event.currentTarget.value)}
        onKeyDown=${(event) => {
          if (event.key === "Enter" && !event.shiftKey) {
            event.preventDefault();
            if (text.trim()) send(text.trim());
          }
          if (event.key === "Escape") drop();
        }}></textarea></label>
    <p class="small">${t.reason_hint}</p>
    <div class="row"><button disabled=${busy || !text.trim()}>${t.save}</button>
      <button type="button" class="quiet" onClick=${drop}>${t.cancel}</button></div>
  </form>`;
}

function Decided({ decisions, machine, go, me, quoteOf }) {
  const last = decisions.at(-1);
  if (!last) return null;
  const ownAnswer = last.how === "corrected" && machine === null;
  return html`<div class="decided">
    <p class="line"><span class="small">${ownAnswer ? t.answered : t[last.how]}${last.author === me ? "" : ` ${fill(t.by_other, { who: last.author })}`}</span>
      ${last.reason && html`<span>${last.reason}</span>`}</p>
    <${Quotes} of=${last.evidence?.map((one) => ({ ...one, quote: quoteOf(one) }))} go=${go} />
    ${decisions.length > 1 && html`<details><summary class="small">${t.history}</summary><ol class="small">
      ${decisions.slice(0, -1).map((one) => html`<li>${answerOf(one.answer).word}${one.reason ? `${t.colon} ${one.reason}` : ""}</li>`)}</ol></details>`}
  </div>`;
}

/**
 * A question: one line, or open with everything while it is the current one. `given_` is the answer
 * of a blind rater; `asked` the answer that waits for its reason.
 */
export function Question({ question, review, now, choose, answer, asked, desk, given_ }) {
  const row = useRef(null);
  const decisions = decisionsOn(review, question.id);
  const human = given_ ?? decisions.at(-1)?.answer ?? null;
  const proposal = proposalFor(question.id);
  useEffect(() => {
    if (!now) return;
    row.current.scrollIntoView({ block: "nearest" });
  }, [now]);
  const shown = human !== null ? html`<${Chip} answer=${human} />`
    : proposal ? html`<${Chip} answer=${proposal.answer} drawn />`
    : html`<span class="chip none drawn" aria-label=${t.machine_none}>?</span>`;
  const isOpen = human === null
    && (given.blind || (question.points > 0 && !isPrefilled(question.id)));
  const contested = review?.state.contests.some((one) => one.item === question.id);
  return html`<li ref=${row} class=${`question${now ? " now" : ""}${human !== null ? " answered" : ""}`}
      id=${`question-${question.id}`}>
    <button class="title" aria-expanded=${now ? "true" : "false"} onClick=${choose}>
      <span class="id">${question.id}</span><span class="label">${question.label}</span>
      <span class="points">${question.points > 0 ? number(question.points) : ""}</span>
      <span class="shown">${isOpen && html`<span class="todo" title=${t.is_open}>
        <span aria-hidden="true">●</span><span class="hidden"> ${t.is_open}</span></span>`}${contested && html`<span class="chip bad" title=${t.state_contested}>!</span> `}${shown}</span>
    </button>
    ${now && html`<div class="open">
      <${Proposal} question=${question} go=${desk.go} />
      <div class="answers" role="group" aria-label=${fill(t.answer_of, { question: question.label })}>
        ${ANSWERS.map((one) => html`<button class=${`answer ${one.kind}${
            human === one.answer ? " chosen" : ""}${human === null && proposal?.answer === one.answer ? " drawn" : ""}`}
          aria-pressed=${human === one.answer ? "true" : "false"} disabled=${desk.busy}
          title=${one.answer === "na" ? question.not_applicable ?? undefined : undefined}
          onClick=${() => answer(one.answer)}><span aria-hidden="true">${one.sign}</span> ${one.word}
          <kbd aria-hidden="true">${one.key}</kbd></button>`)}
      </div>
      ${asked && html`<${Reason} key=${question.id} asked=${asked} send=${desk.sendReason} drop=${desk.dropReason}
        chosen=${desk.chosen} dropChosen=${desk.dropChosen} busy=${desk.busy} />`}
      ${!given.blind && html`<${Decided} decisions=${decisions} machine=${itemOf(review, question.id)?.opened.answer ?? null} go=${desk.go} me=${given.me} quoteOf=${desk.quoteOf} />
        ${human === null && isPrefilled(question.id) && html`<p class="small">${t.prefilled}</p>`}
        <${Eliminatory} question=${question} item=${itemOf(review, question.id)} desk=${desk} />
        <${Cause} question=${question} item=${itemOf(review, question.id)} human=${human} desk=${desk} />`}
    </div>`}
  </li>`;
}
