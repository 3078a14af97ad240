// Scoring a contact blind: no proposal, no answer of anybody else; all answers go together.
import {
  ask, counted, given, html, Problem, root, t, useEffect, useKeys, useMemo, useState,
} from "../kit.js";
import { playerKeys } from "../player/player.js";
import { Listening, Masking, soundOf } from "../transcript/listening.js";
import { ANSWERS, QUESTIONS } from "./answers.js";
import { Head } from "./head.js";
import { Keys } from "./keys.js";
import { Question } from "./question.js";

const { heard, card, blind, stored } = given;

/** The card of a blind rater. */
export function BlindCard() {
  const sound = useMemo(() => soundOf(heard), []);
  const [answers, setAnswers] = useState({});
  const [current, setCurrent] = useState(QUESTIONS[0].id);
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const [sent, setSent] = useState(false);
  const [help, setHelp] = useState(false);
  const left = QUESTIONS.filter((one) => !(one.id in answers)).length;
  const move = (by) => {
    const place = QUESTIONS.findIndex((one) => one.id === current) + by;
    setCurrent(QUESTIONS[Math.max(0, Math.min(QUESTIONS.length - 1, place))].id);
  };
  const answer = (value) => {
    if (sent) return;
    setAnswers((held) => ({ ...held, [current]: value }));
    move(1);
  };
  useEffect(() => {
    if (sent || !Object.keys(answers).length) return undefined;
    const stay = (event) => event.preventDefault();
    addEventListener("beforeunload", stay);
    return () => removeEventListener("beforeunload", stay);
  }, [answers, sent]);
  const send = async () => {
    setBusy(true);
    setProblem(null);
    await ask(`/v1/calibrations/${blind}/events`, {
      method: "POST",
      body: { kind: "session_scored", conversation_id: stored.id, answers },
    }).then(() => setSent(true), setProblem);
    setBusy(false);
  };
  useKeys({
    ...playerKeys(sound),
    j: () => move(1), k: () => move(-1), ArrowDown: () => move(1), ArrowUp: () => move(-1),
    ...Object.fromEntries(ANSWERS.map((one) => [one.key, () => answer(one.answer)])),
    "?": () => setHelp(true),
  });
  const desk = { busy: busy || sent };
  return html`<${Head} />
    <div class="panes">
      <div class="left"><${Masking} heard=${heard} />
        <${Listening} heard=${heard} sound=${sound} /></div>
      <section class="card box" aria-label=${card.label}>
        <header><h2>${t.blind_title} – ${card.label}</h2><p class="notice">${t.blind}</p></header>
        <div class="questions">${card.sections.map((section) => html`<h3 key=${section.id}>${section.label}</h3>
          <ol>${section.questions.map((one) => html`<${Question} key=${one.id} question=${one} review=${null}
            now=${one.id === current} choose=${() => setCurrent(one.id)} answer=${answer} asked=${null}
            desk=${desk} given_=${answers[one.id] ?? null} />`)}</ol>`)}</div>
        <footer class="foot">
          <${Problem} of=${problem} />
          ${sent
            ? html`<p role="status"><span class="chip good">${t.blind_sent}</span>
                <a href=${`${root}/review/calibrations/${blind}`}>${t.blind_session}</a></p>`
            : html`<p class="small">${left ? counted("to_answer", left) : t.blind_final}</p>
                <button disabled=${busy || left > 0} onClick=${send}>${t.blind_send}</button>`}
        </footer>
      </section>
    </div>
    ${help && html`<${Keys} close=${() => setHelp(false)} of=${[
      ["1 2 3 0", t.key_answers], ["j k", t.key_move], ["␣", t.key_play], ["← →", t.key_step], ["?", t.key_help],
    ]} />`}`;
}
