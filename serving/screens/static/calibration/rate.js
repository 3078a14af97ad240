// Scoring one contact blind: the conversation, the questions, nobody's answer.
import {
  Dialog, Problem, ask, fill, given, html, mount, number, root, say, t, useEffect, useKeys, useRef,
  useState,
} from "../kit.js";
import { playerKeys } from "../player/player.js";
import { Beside, useBeside } from "../settle/beside.js";
import { ANSWERS, Answer, Contact, answerName, text } from "../settle/parts.js";

const { session, questions, contact } = given;
const back = `${root}/review/calibrations/${encodeURIComponent(session.id)}`;
const mine = session.answers[given.me]?.[contact.id];
const KEYS = ["1", "2", "3", "0"]; // as in a review
const KEPT = `blind ${session.id} ${contact.id}`;

const kept = () => {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT)) ?? {};
  } catch {
    return {}; // storage may be switched off: the answers then live as long as the page
  }
};
const keep = (answers) => {
  try {
    if (answers) sessionStorage.setItem(KEPT, JSON.stringify(answers));
    else sessionStorage.removeItem(KEPT);
  } catch {
    // as above
  }
};

function Question({ of, number: place, answer, set }) {
  return html`<fieldset class="asking" id=${`q-${place}`}>
    <legend><span class="label">${place + 1}. ${text(of.question)}</span>
      ${of.points > 0 && html`<span class="small">${fill(t.points_worth, { all: number(of.points) })}</span>`}
      ${of.eliminatory && html`<span class="chip warn">${t.may_eliminate}</span>`}</legend>
    ${of.not_applicable && html`<p class="small">${fill(t.na_when, { when: text(of.not_applicable) })}</p>`}
    ${of.eliminatory && html`<p class="small">${fill(t.eliminates_when, { when: text(of.eliminatory) })}</p>`}
    <div class="answers">${ANSWERS.map((one, nth) => html`<label key=${String(one)}
        class=${answer === one ? "chosen" : ""}>
      <input type="radio" name=${`q-${place}`} value=${String(one)} checked=${answer === one}
        onChange=${() => set(one)} /> ${answerName(one)} <kbd aria-hidden="true">${KEYS[nth]}</kbd>
    </label>`)}</div>
  </fieldset>`;
}

function Scored() {
  return html`<section class="box"><h2>${t.your_answers}</h2>
    <p class="small">${t.stays}</p>
    <table class="table"><tbody>${questions.map((one) => html`<tr key=${one.id}>
      <th scope="row">${text(one.question)}</th><td><${Answer} of=${mine[one.id]} /></td></tr>`)}
    </tbody></table></section>`;
}

function useScoring() {
  const [answers, setAnswers] = useState(kept);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(null);
  useEffect(() => keep(answers), [answers]);
  const send = async () => {
    setBusy(true);
    try {
      await ask(`/v1/calibrations/${encodeURIComponent(session.id)}/events`, {
        method: "POST",
        body: { kind: "session_scored", conversation_id: contact.id, answers },
      });
      keep(null);
      location.assign(given.next ? `${back}/${encodeURIComponent(given.next)}` : back);
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  return { answers, setAnswers, busy, problem, send };
}

function Scoring({ at, setAt }) {
  const { answers, setAnswers, busy, problem, send } = useScoring();
  const [asks, setAsks] = useState(false);
  const list = useRef(null);
  const go = (to) => {
    const place = Math.max(0, Math.min(questions.length - 1, to));
    setAt(place);
    const field = list.current.querySelector(`#q-${place}`);
    field.scrollIntoView({ block: "nearest" });
    (field.querySelector("input:checked") ?? field.querySelector("input")).focus();
  };
  const set = (place, answer) => {
    setAt(place);
    setAnswers((held) => ({ ...held, [questions[place].id]: answer }));
  };
  const done = questions.filter((one) => answers[one.id] !== undefined).length;
  const pick = (answer) => () => {
    set(at, answer);
    if (at + 1 < questions.length) go(at + 1);
    else say(t.all_answered);
  };
  useKeys({
    j: () => go(at + 1), k: () => go(at - 1),
    ...Object.fromEntries(KEYS.map((key, nth) => [key, pick(ANSWERS[nth])])),
  });
  return html`<section class="box scoring" ref=${list} aria-labelledby="questions"
      onFocusIn=${(event) => {
        const field = event.target.closest("fieldset.asking");
        if (field) setAt(Number(field.id.slice(2)));
      }}>
    <h2 id="questions">${t.your_answers}
      <span class="chip" aria-live="polite">${done} / ${questions.length}</span></h2>
    <p class="small">${t.rate_hint} <kbd>j</kbd> <kbd>k</kbd> ${t.keys_move} ${KEYS.map((key) => html`<kbd>${key}</kbd> `)} ${t.keys_answer}</p>
    ${questions.map((one, place) => html`
      ${(place === 0 || text(questions[place - 1].section) !== text(one.section))
        && html`<h3>${text(one.section)}</h3>`}
      <${Question} key=${one.id} of=${one} number=${place} answer=${answers[one.id]}
        set=${(answer) => set(place, answer)} />`)}
    <${Problem} of=${problem} />
    <p class="row"><button disabled=${done < questions.length || busy} aria-busy=${busy}
        onClick=${() => setAsks(true)}>${t.send_answers}</button>
      ${done < questions.length && html`<span class="small">${
        fill(t.left_to_answer, { n: questions.length - done })}</span>`}</p>
    ${asks && html`<${Dialog} title=${t.send_answers} close=${() => setAsks(false)}>
      <p>${t.send_ask}</p>
      <p class="row"><button disabled=${busy} aria-busy=${busy} onClick=${send}>${t.send_now}</button></p>
      <${Problem} of=${problem} />
    </${Dialog}>`}
  </section>`;
}

function Rate() {
  const beside = useBeside();
  const [at, setAt] = useState(0);
  useKeys({ ...playerKeys(beside.sound) });
  return html`<p class="back"><a href=${back}>← ${t.session}</a></p>
    <header class="top"><${Contact} of=${contact} heading />
      <span class="chip">${fill(t.place_of, { n: given.place, all: session.conversation_ids.length })}</span></header>
    <p class="notice law">${mine ? t.scored_already : t.blind}</p>
    <div class="split rating"><div><${Beside} of=${beside} /></div>
      <div>${mine ? html`<${Scored} />` : html`<${Scoring} at=${at} setAt=${setAt} />`}</div></div>`;
}

mount(Rate, "calibration");
