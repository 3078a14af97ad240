// A review: the conversation on the left, the scorecard beside the machine's proposal on the right.
import {
  fill, given, html, moment, length, mount, Problem, root, say, t, useEffect, useKeys, useMemo, useOnce,
  useState,
} from "../kit.js";
import { playerKeys } from "../player/player.js";
import { unsent } from "../unsent.js";
import { Listening, Masking, soundOf } from "../transcript/listening.js";
import { piecesOf, placeOf, quoteOf } from "../transcript/pieces.js";
import { ANSWERS, proposalFor, QUESTIONS } from "./answers.js";
import { BlindCard } from "./blind.js";
import { Foot, goNext, leftOf, saidOfOpen } from "./foot.js";
import { Head } from "./head.js";
import { Keys } from "./keys.js";
import { Question } from "./question.js";
import { decisionOn, itemOf, typedAt, undoOf, useReview } from "./record.js";
import { Passage, Remarks } from "./remarks.js";

const { heard, card } = given;

/** A quote as this page shows it: what is masked in the transcript is masked in it. */
function shownQuote(evidence) {
  const turn = heard.turns[evidence.turn_index];
  if (!turn) return evidence.quote;
  const pieces = piecesOf(turn);
  const found = placeOf(evidence, turn, pieces);
  return found ? quoteOf(turn, pieces, ...found) : turn.text;
}

/** The passages that stand for the current question, and the remarks on passages. */
function marksOf(review, question, go) {
  const decision = question && decisionOn(review, question.id);
  const found = decision?.evidence.length ? decision.evidence
    : question && given.draft?.gates[question.id] !== "off" ? given.draft?.items[question.id]?.evidence ?? [] : [];
  const evidence = found.map((one, place) => ({
    ...one, key: `e${place}`, kind: "evidence", label: question.label,
    now: go !== null && one.turn_index === go.passage.turn_index && one.start_s === go.passage.start_s,
  }));
  const comments = (review?.state.comments ?? []).flatMap((one) => one.evidence.map((quote, place) => ({
    ...quote, key: `${one.event}${place}`, kind: "comment", label: one.text })));
  const contests = (review?.state.contests ?? []).flatMap((one) => one.evidence.map((quote, place) => ({
    ...quote, key: `${one.event}${place}`, kind: "contest", label: one.reason })));
  return [...comments, ...contests, ...evidence];
}

function Review() {
  const sound = useMemo(() => soundOf(heard), []);
  const { review, problem, overtaken, busy, record, clear } = useReview();
  const [current, setCurrent] = useState(() =>
    (QUESTIONS.find((one) => decisionOn(given.review, one.id) === null) ?? QUESTIONS[0]).id);
  const [asked, setAsked] = useState(null);
  const [chosen, setChosen] = useState(null);
  const [writing, setWriting] = useState(false);
  const [naming, setNaming] = useState(null);
  const [help, setHelp] = useState(false);
  const [at, setAt] = useState(null);
  const question = QUESTIONS.find((one) => one.id === current);
  const go = (passage, play = true) => setAt({
    passage, play: play && passage.start_s !== null, end_s: passage.end_s ?? undefined,
  });
  const marks = useMemo(() => marksOf(review, question, at), [review, question, at]);
  useEffect(() => {
    const [first] = marks.filter((one) => one.kind === "evidence");
    if (first && sound && !sound.playing) setAt({ passage: first, play: false });
  }, [current]);
  useEffect(() => {
    const stay = (event) => {
      if (unsent.any(typedAt(""))) event.preventDefault();
    };
    addEventListener("beforeunload", stay);
    return () => removeEventListener("beforeunload", stay);
  }, []);

  const move = (by) => {
    const place = QUESTIONS.findIndex((one) => one.id === current);
    const to = QUESTIONS[Math.max(0, Math.min(QUESTIONS.length - 1, place + by))];
    setAsked(null);
    setNaming(null);
    setCurrent(to.id);
  };
  const quotesOf = () => (chosen ? [{ turn_index: chosen.turn_index, quote: chosen.quote }] : []);
  const dropChosen = () => setChosen(null);
  const answered = async (event, from) => {
    if (!(await record(event))) return;
    if (event.kind === "corrected") unsent.drop(typedAt(`reason ${event.item}`));
    setAsked(null);
    setChosen(null);
    setCurrent((now) => {
      if (now !== from || event.answer === 0 || event.answer === 0.5) return now;
      const place = QUESTIONS.findIndex((one) => one.id === from);
      return QUESTIONS[Math.min(place + 1, QUESTIONS.length - 1)].id;
    });
  };
  const isMine = (value) => {
    const last = decisionOn(review, current);
    return last?.author === given.me && last.answer === value;
  };
  const confirm = () => {
    const proposal = proposalFor(current);
    if (proposal && isMine(proposal.answer)) move(1); // said before: nothing changes
    else if (proposal) answered({ kind: "confirmed", item: current }, current);
    else say(t.machine_none);
  };
  const answer = (value) => {
    const machine = itemOf(review, current)?.opened.answer ?? proposalFor(current)?.answer ?? null;
    if (value === machine && isMine(value)) return move(1);
    if (value === machine) return answered({ kind: "confirmed", item: current }, current);
    // Where the machine is shown to say nothing there is nothing to give a reason against.
    if (proposalFor(current) === null && decisionOn(review, current) === null)
      return answered({
        kind: "corrected", item: current, answer: value, reason: t.reason_own, evidence: quotesOf(),
      }, current);
    return setAsked({ item: current, answer: value });
  };
  const sendReason = (reason) => answered({
    kind: "corrected", item: asked.item, answer: asked.answer, reason, evidence: quotesOf(),
  }, asked.item);
  const undo = async () => {
    const found = undoOf(review, given.me, t.reason_undo);
    if (found.none) return say(t[found.none]);
    setCurrent(found.event.item);
    return (await record(found.event)) && say(t.undone);
  };
  const [, once] = useOnce();
  const finish = once(async () => {
    for (const one of leftOf(review).prefilled)
      if (!(await record({ kind: "confirmed", item: one.id }))) return;
    say(t.finished);
  });
  const toOpen = () => {
    const { open } = leftOf(review);
    setAsked(null);
    setCurrent(open[0].id);
    document.getElementById(`question-${open[0].id}`).scrollIntoView({ block: "nearest" });
    say(saidOfOpen(open.length));
  };
  const end = () => (!review?.is_complete && leftOf(review).open.length
    ? toOpen() : document.querySelector(".foot .act")?.click());
  const share = async () => (await record({ kind: "shared" })) && say(t.shared);
  const hear = () => {
    const [first] = marks.filter((one) => one.kind === "evidence");
    if (first) go(first);
  };

  useKeys({
    ...playerKeys(sound),
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    c: confirm,
    Enter: confirm,
    ...Object.fromEntries(ANSWERS.map((one) => [one.key, () => answer(one.answer)])),
    e: hear,
    m: () => setWriting(true),
    r: () => setNaming(current),
    u: undo,
    f: end,
    n: goNext,
    "?": () => setHelp(true),
  });
  const desk = {
    go, record, busy, chosen, dropChosen, chosenQuotes: quotesOf, quoteOf: shownQuote, sendReason,
    dropReason: () => setAsked(null), naming, name: setNaming,
  };

  return html`<${Head} />
    <div class="panes">
      <div class="left">
        <${Masking} heard=${heard} />
        <${Listening} heard=${heard} sound=${sound} marks=${marks} goTo=${at} choose=${setChosen}
          markChosen=${(mark) => go(mark)} chosen=${chosen} />
        <${Passage} chosen=${chosen} writing=${writing} write=${setWriting} desk=${desk} />
      </div>
      <section class="card box" aria-label=${card.label}>
        <header class="row apart"><h2>${card.label}</h2>
          <button class="quiet" onClick=${() => setHelp(true)} aria-label=${t.keys}><kbd>?</kbd></button></header>
        ${overtaken && html`<p class="notice" role="alert">${t.changed_meanwhile}
          <button class="quiet" onClick=${clear}>${t.close}</button></p>`}
        <${Problem} of=${problem} />
        <div class="questions">
          ${card.sections.map((section) => html`<h3 key=${section.id}>${section.label}</h3>
            <ol>${section.questions.map((one) => html`<${Question} key=${one.id} question=${one} review=${review}
              now=${one.id === current} choose=${() => {
                setAsked(null);
                setCurrent(one.id);
              }} answer=${answer} asked=${asked?.item === one.id ? asked : null} desk=${desk} />`)}</ol>`)}
          <${Remarks} review=${review} desk=${desk} />
        </div>
        <${Foot} review=${review} finish=${finish} share=${share} toOpen=${toOpen} desk=${desk} />
      </section>
    </div>
    ${help && html`<${Keys} close=${() => setHelp(false)} of=${[
      ["c Enter", t.key_confirm], ["1 2 3 0", t.key_answers], ["j k", t.key_move],
      ["e", t.key_evidence], ["␣", t.key_play], ["← →", t.key_step], ["m", t.key_comment],
      ["r", t.key_cause], ["u", t.key_undo], ["f", t.key_finish], ["n", t.key_next],
      ["↑ ↓ → ⇧→ x ⏎", t.key_transcript], ["?", t.key_help],
    ]} />`}`;
}

mount(given.blind ? BlindCard : Review, "review");
