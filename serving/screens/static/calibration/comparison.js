// Answers side by side, question by question; what to talk about first stands at the top.
import {
  Problem, fill, given, html, number, percent, root, say, t, two, useAsked, useMemo, useState,
} from "../kit.js";
import { useUnsent } from "../unsent.js";
import { ANSWERS, Answer, answerName, text, who } from "../settle/parts.js";

const { questions, contacts, people } = given;
const nameOf = (of, id) => contacts.find((one) => one.id === id)?.name
  ?? fill(t.contact_n, { n: of.conversation_ids.indexOf(id) + 1 });

/** How far apart: people among themselves weigh most, then the machine, then the points. */
function apart(rows, points) {
  const people_apart = rows.filter((one) => new Set(Object.values(one.raters)).size > 1).length;
  const machine_apart = rows.filter((one) => {
    const said = new Set(Object.values(one.raters));
    return said.size === 1 && one.machine !== null && !said.has(one.machine);
  }).length;
  return { people_apart, machine_apart, weight: people_apart * 1e6 + machine_apart * 1e3 + points };
}

const range = (of) => (of?.value === null || of?.value === undefined ? "–" : of.low === null
  ? number(of.value)
  : `${two(of.value)} [${two(of.low)} ; ${two(of.high)}]`);

function Figures({ of }) {
  if (!of) return null;
  return html`<dl class="figures">
    <div><dt>${t.human_raw}</dt><dd>${of.human_raw.value === null ? "–" : percent(of.human_raw.value)}</dd></div>
    <div><dt>${t.human_kappa}</dt><dd>${range(of.human_kappa)}</dd></div>
    <div><dt>${t.human_alpha}</dt><dd>${range(of.human_alpha)}</dd></div>
    <div><dt>${t.machine_kappa}</dt><dd>${range(of.kappa)}</dd></div>
    <div><dt>${t.machine_ac1}</dt><dd>${range(of.ac1)}</dd></div>
  </dl>`;
}

function Agree({ row, record, changed, close }) {
  const [answer, setAnswer] = useState(row.reconciled);
  const [reason, setReason] = useUnsent(
    `agree ${given.session.id} ${row.conversation_id} ${row.item}`, "");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(null);
  const send = async (event) => {
    event.preventDefault();
    setBusy(true);
    try {
      changed(await record({
        kind: "session_reconciled", conversation_id: row.conversation_id, item: row.item, answer,
        reason: reason.trim(),
      }));
      setReason("");
      say(t.agreed_now);
      close();
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  return html`<form class="agreeing" onSubmit=${send}>
    <fieldset><legend>${t.agreed_answer}</legend>
      <div class="answers">${ANSWERS.map((one) => html`<label key=${String(one)} class=${
        answer === one ? "chosen" : ""}><input type="radio" name="agreed" checked=${answer === one}
        onChange=${() => setAnswer(one)} /> ${answerName(one)}</label>`)}</div></fieldset>
    <label class="field">${t.agreed_why}<textarea rows="2" maxlength="4000" required value=${reason}
      onInput=${(event) => setReason(event.currentTarget.value)}></textarea></label>
    <${Problem} of=${problem} />
    <p class="row"><button disabled=${busy || answer === null || !reason.trim()} aria-busy=${busy}>${t.agree}</button>
      <button type="button" class="quiet" onClick=${close}>${t.cancel}</button></p>
  </form>`;
}

function Question({ of, question, rows, figures, record, changed, first }) {
  const [agreeing, setAgreeing] = useState(null);
  const { people_apart, machine_apart } = apart(rows, 0);
  const raters = of.raters.filter((id) => rows.some((one) => one.raters[id] !== undefined));
  return html`<details class="asked compared" open=${first}>
    <summary><span class="label">${text(question.question)}</span>
      <span class="row">
        ${people_apart > 0 && html`<span class="chip bad">${fill(t.people_apart, { n: people_apart, all: rows.length })}</span>`}
        ${machine_apart > 0 && html`<span class="chip warn">${fill(t.machine_apart, { n: machine_apart })}</span>`}
        ${people_apart + machine_apart === 0 && html`<span class="chip good">${t.all_agree}</span>`}
      </span></summary>
    <${Figures} of=${figures} />
    <div class="scroll"><table class="table">
      <caption class="hidden">${text(question.question)}</caption>
      <thead><tr><th scope="col">${t.contact}</th>
        ${raters.map((id) => html`<th scope="col" key=${id}>${who(id, people)}</th>`)}
        <th scope="col">${t.machine}</th><th scope="col">${t.agreed_answer}</th></tr></thead>
      <tbody>${rows.map((one) => html`<tr key=${one.conversation_id}
          class=${new Set(Object.values(one.raters)).size > 1 ? "apart" : ""}>
        <th scope="row">${contacts.some((found) => found.id === one.conversation_id)
          ? html`<a href=${`${root}/conversations/${encodeURIComponent(one.conversation_id)}`}>${
            nameOf(of, one.conversation_id)}</a>` : nameOf(of, one.conversation_id)}</th>
        ${raters.map((id) => html`<td key=${id}>${one.raters[id] === undefined ? "–"
          : html`<${Answer} of=${one.raters[id]} />`}</td>`)}
        <td><${Answer} of=${one.machine} /></td>
        <td>${one.reconciled !== null && html`<${Answer} of=${one.reconciled} />
            <span class="small words">${" "}${one.reason}</span>`}
          ${!of.closed && given.may_agree && html` <button class="quiet" aria-label=${
            `${one.reconciled === null ? t.agree : t.agree_again} – ${nameOf(of, one.conversation_id)}`}
            onClick=${() => setAgreeing(one.conversation_id)}>${
            one.reconciled === null ? t.agree : t.agree_again}</button>`}</td>
      </tr>`)}</tbody></table></div>
    ${agreeing && html`<${Agree} key=${agreeing} record=${record} changed=${changed}
      row=${rows.find((one) => one.conversation_id === agreeing)} close=${() => setAgreeing(null)} />`}
  </details>`;
}

export function Comparison({ of, record, changed }) {
  const agreement = useAsked(`/v1/calibrations/${encodeURIComponent(of.id)}/agreement`);
  const figures = Object.fromEntries((agreement.value?.questions ?? []).map((one) => [one.item, one]));
  const compared = useMemo(() => questions.map((question) => {
    const rows = of.comparison.filter((one) => one.item === question.id);
    return { question, rows, weight: apart(rows, question.points) };
  }).filter((one) => one.rows.length)
    .sort((a, b) => b.weight.weight - a.weight.weight), [given.session]);
  const shown = compared.map((one) => ({
    ...one, rows: of.comparison.filter((row) => row.item === one.question.id),
  }));
  const differ = shown.filter((one) => one.weight.people_apart + one.weight.machine_apart > 0);
  const same = shown.filter((one) => one.weight.people_apart + one.weight.machine_apart === 0);
  const list = (some, first) => some.map((one, place) => html`<${Question} key=${one.question.id}
    of=${of} question=${one.question} rows=${one.rows} figures=${figures[one.question.id]}
    record=${record} changed=${changed} first=${first && place === 0} />`);
  return html`<${Problem} of=${agreement.problem} again=${agreement.again} />
    <section class="box"><h2>${t.talk_first} <span class="chip">${differ.length}</span></h2>
      ${differ.length ? list(differ, true) : html`<p class="nothing">${t.no_difference}</p>`}</section>
    ${same.length > 0 && html`<section class="box"><h2>${t.same_answers}
      <span class="chip">${same.length}</span></h2>${list(same, false)}</section>`}
    <p class="small">${t.figures_note}</p>`;
}
