// One contest: both sides' words and the evidence; uphold the answer or change it, with a reason.
import {
  Problem, ask, given, html, mount, recount, root, say, t, useKeys, useMemo, useOnce, useRef,
  useState,
} from "../kit.js";
import { useUnsent } from "../unsent.js";
import { playerKeys } from "../player/player.js";
import { ANSWERS, Contact, History, Score, answerName, both, questionsOf } from "./parts.js";
import { Beside, useBeside } from "./beside.js";
import { Comments, Contested, Words, standing, withState } from "./question.js";

const again = (of) => ask(`/v1/contests/${encodeURIComponent(of.contest.id)}`);

function useRecord(of, changed) {
  const [busy, once] = useOnce();
  const [problem, setProblem] = useState(null);
  const id = useRef(null);
  const send = once(async (event, said, sent) => {
    id.current ??= `e-${crypto.randomUUID()}`;
    try {
      await ask(`/v1/evaluations/${encodeURIComponent(of.contest.contact.id)}/events`, {
        method: "POST",
        body: {
          event, id: id.current, scorecard: of.contest.scorecard, version: of.contest.version,
          expected_events: of.review.events,
        },
      });
      id.current = null;
      setProblem(null);
      sent();
      recount("/review/contests", event.kind === "settled" ? -1 : 1);
      changed(await again(of));
      say(said);
    } catch (error) {
      if (error.problem?.status) id.current = null;
      if (error.problem?.status === 412) again(of).then(changed, () => {});
      setProblem(error);
    }
  });
  return { busy, problem, send };
}

function Settle({ of, changed, stands }) {
  const [outcome, setOutcome] = useState("");
  const [answer, setAnswer] = useState(null);
  const [reason, setReason] = useUnsent(`settle ${of.contest.id}`, "");
  const { busy, problem, send } = useRecord(of, changed);
  const byAnswer = of.contest.about === "answer";
  const ready = outcome && reason.trim()
    && (outcome === "upheld" || !byAnswer || answer !== null);
  const submit = (event) => {
    event.preventDefault();
    const changes = outcome === "changed" && byAnswer;
    send({
      kind: "settled", contest: of.contest.id, outcome, reason: reason.trim(),
      ...(changes && { answer }),
    }, t.settled_now, () => setReason(""));
  };
  return html`<form class="settling" onSubmit=${submit}>
    <fieldset><legend>${t.decide}</legend>
      <label><input type="radio" name="outcome" value="upheld" checked=${outcome === "upheld"}
        onChange=${() => setOutcome("upheld")} /> ${byAnswer
          ? `${t.uphold} – ${answerName(stands)}` : t.uphold_eliminatory}</label>
      <label><input type="radio" name="outcome" value="changed" checked=${outcome === "changed"}
        onChange=${() => setOutcome("changed")} /> ${byAnswer ? t.change : t.change_eliminatory}</label>
    </fieldset>
    ${outcome === "changed" && byAnswer && html`<fieldset class="answers">
      <legend>${t.new_answer}</legend>
      ${ANSWERS.filter((one) => one !== stands).map((one) => html`<label key=${String(one)}>
        <input type="radio" name="answer" checked=${answer === one}
          onChange=${() => setAnswer(one)} /> ${answerName(one)}</label>`)}
    </fieldset>`}
    <label class="field">${t.settle_why}
      <textarea rows="4" maxlength="4000" required value=${reason}
        onInput=${(event) => setReason(event.currentTarget.value)}></textarea></label>
    <p class="small">${t.settle_hint}</p>
    <${Problem} of=${problem} />
    <button disabled=${busy || !ready} aria-busy=${busy}>${t.settle}</button>
  </form>`;
}

function Reopen({ of, changed }) {
  const [reason, setReason] = useUnsent(`reopen ${of.contest.id}`, "");
  const [open, setOpen] = useState(reason !== "");
  const { busy, problem, send } = useRecord(of, changed);
  if (!open)
    return html`<button class="secondary" onClick=${() => setOpen(true)}>${t.reopen}</button>`;
  const submit = (event) => {
    event.preventDefault();
    send({ kind: "reopened", contest: of.contest.id, reason: reason.trim() }, t.reopened_now,
      () => setReason(""));
  };
  return html`<form onSubmit=${submit}><label class="field">${t.reopen_why}
      <textarea rows="3" maxlength="4000" required value=${reason} autofocus
        onInput=${(event) => setReason(event.currentTarget.value)}></textarea></label>
    <${Problem} of=${problem} />
    <p class="row"><button disabled=${busy || !reason.trim()} aria-busy=${busy}>${t.reopen}</button>
      <button type="button" class="quiet" onClick=${() => setOpen(false)}>${t.cancel}</button></p>
  </form>`;
}

function Contest() {
  const [of, setOf] = useState(given.contest);
  const { contest, review } = of;
  const questions = useMemo(() => questionsOf(review.automatic), []);
  const item = review.automatic.items.find((one) => one.id === contest.item);
  const reviewed = review.review.items.find((one) => one.opened.id === contest.item);
  const told = withState(review.review.contests.find((one) => one.event === contest.id));
  const { answer } = standing(item, reviewed);
  const beside = useBeside();
  const { jump } = beside;
  useKeys({ ...playerKeys(beside.sound) });
  const shown = { people: review.people, speakers: review.speakers, jump };
  return html`<p class="back"><a href=${`${root}/review/contests`}>← ${t.contests}</a></p>
  <header class="top"><div><h1>${both(item, "label")}</h1><${Contact} of=${contest.contact} /></div>
    <${Score} of=${review.displayed} /></header>
  <div class="split">
    <div>
      <section class="box"><h2>${t.agents_words}</h2><${Contested} of=${told} ...${shown} /></section>
      <section class="box"><h2>${t.answers_given}</h2>
        <${Words} item=${item} reviewed=${reviewed} gate=${review.gates[item.id]} ...${shown} />
        <${Comments} of=${review.review.comments} item=${item.id} ...${shown} /></section>
      <${Beside} of=${beside} />
    </div>
    <div>
      <section class="box settle" aria-live="polite"><h2>${t.settlement}</h2>
        ${!told.is_open
          ? html`<p class="row"><span class="chip good">${t[`outcome_${contest.outcome}`]}</span></p>
            ${contest.barred !== "reviewer_only" && html`<${Reopen} of=${of} changed=${setOf} />`}`
          : contest.barred
            ? html`<p class="notice">${t[`barred_${contest.barred}`]}</p>`
            : html`<${Settle} of=${of} changed=${setOf} stands=${answer} />`}
      </section>
      <section class="box"><h2>${t.history}</h2>
        <${History} of=${review.history} people=${review.people} questions=${questions} /></section>
    </div>
  </div>`;
}

mount(Contest, "settle");
