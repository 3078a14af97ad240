// One evaluation as its agent sees it: read, acknowledge, or contest question by question.
import {
  Problem, ask, fill, given, html, moment, mount, recount, root, say, t, useKeys, useMemo, useOnce,
  useRef, useState,
} from "../kit.js";
import { unsent, useUnsent } from "../unsent.js";
import { playerKeys } from "../player/player.js";
import {
  Answer, Contact, History, Quotes, Score, both, questionsOf, text, who,
} from "./parts.js";
import { Beside, useBeside } from "./beside.js";
import { Comments, Contested, Words, points, standing, withState } from "./question.js";

const heardSpeakers = Object.fromEntries(given.heard.turns.map((one) => [one.index, one.speaker]));

const event_id = () => `e-${crypto.randomUUID()}`;

/** Record an event of this review; the same id is sent again where the first try was cut. */
async function record(of, event, id) {
  const path = `/v1/evaluations/${encodeURIComponent(of.contact.id)}`;
  const { scorecard, version } = of.automatic;
  await ask(`${path}/events`, { method: "POST", body: { event, id, scorecard, version } });
  const query = new URLSearchParams({ scorecard, version });
  return ask(`${path}/review?${query}`);
}

function Say({ name, label, hint, button, act, cancel, needed = true, children }) {
  const [said, setSaid] = useUnsent(name, "");
  const [busy, once] = useOnce();
  const [problem, setProblem] = useState(null);
  const id = useRef(event_id());
  const send = once(async () => {
    try {
      await act(said.trim(), id.current);
      unsent.drop(name);
    } catch (error) {
      setProblem(error);
    }
  });
  return html`<form class="saying" onSubmit=${send}>
    <label class="field">${label}
      <textarea rows="3" maxlength="4000" required=${needed} value=${said} autofocus=${needed}
        onInput=${(event) => setSaid(event.currentTarget.value)}></textarea></label>
    ${children}
    ${hint && html`<p class="small">${hint}</p>`}
    <${Problem} of=${problem} />
    <p class="row"><button disabled=${busy || (needed && !said.trim())} aria-busy=${busy}>
        ${button}</button>
      ${cancel && html`<button type="button" class="quiet" onClick=${() => {
        setSaid("");
        cancel();
      }}>${t.cancel}</button>`}
    </p>
  </form>`;
}

function Question({ of, item, changed, jump, passage }) {
  const nameOf = (what) => `contest ${of.contact.id} ${of.automatic.scorecard} ${item.id} ${what}`;
  const [about, setAbout] = useState(() =>
    ["answer", "eliminatory"].find((what) => unsent.find(nameOf(what))) ?? null);
  const reviewed = of.review.items.find((one) => one.opened.id === item.id);
  const { answer, draft } = standing(item, reviewed);
  const contests = of.review.contests.filter((one) => one.item === item.id).map(withState);
  const has = (what) => contests.some((one) => one.about === what);
  const eliminated = reviewed?.eliminatory_decisions.at(-1)?.met === true;
  const shown = { people: of.people, speakers: of.speakers, jump };
  const contest = async (reason, id) => {
    const evidence = passage ? [{ turn_index: passage.turn_index, quote: passage.quote }] : [];
    changed(await record(of, { kind: "contested", item: item.id, about, reason, evidence }, id));
    setAbout(null);
    say(t.contest_sent);
  };
  const marked = reviewed?.decisions.at(-1)?.how === "corrected" && answer !== 1;
  const open = about !== null || contests.length > 0 || eliminated || marked || of.automatic.tip?.item === item.id;
  return html`<details class="asked" open=${open} id=${`q-${item.id}`}>
    <summary><span class="label">${both(item, "label")}</span>
      <span class="row">${contests.some((one) => one.is_open)
        && html`<span class="chip warn">${t.contest_open}</span>`}
        ${eliminated && html`<span class="chip bad">${t.eliminatory_met}</span>`}
        ${draft && html`<span class="chip">${t.draft}</span>`}
        <${Answer} of=${answer} />
        ${item.points > 0
          && html`<span class="points">${points(item, answer)}</span>`}</span></summary>
    <${Words} item=${item} reviewed=${reviewed} gate=${of.gates[item.id]} ...${shown} />
    <${Comments} of=${of.review.comments} item=${item.id} ...${shown} />
    ${contests.map((one) => html`<${Contested} key=${one.event} of=${one} ...${shown} />`)}
    ${about
      ? html`<${Say} name=${nameOf(about)} label=${t.contest_why} hint=${t.contest_hint} button=${t.contest_send}
          act=${contest} cancel=${() => setAbout(null)}>${passage
            ? html`<${Quotes} of=${[passage]} speakers=${heardSpeakers} />`
            : html`<p class="small">${t.choose_quote}</p>`}</${Say}>`
      : html`<p class="row">
        ${!has("answer") && (answer !== null || reviewed?.decisions.length > 0) && html`<button
          class="secondary" onClick=${() => setAbout("answer")}
          aria-label=${`${t.contest} – ${both(item, "label")}`}>${t.contest}</button>`}
        ${eliminated && !has("eliminatory") && html`<button class="secondary"
          onClick=${() => setAbout("eliminatory")}>${t.contest_eliminatory}</button>`}</p>`}
  </details>`;
}

function Read({ of, changed }) {
  const last = of.review.sharings.at(-1);
  if (last.acknowledgement)
    return html`<section class="box"><p class="row"><span class="chip good">${t.acknowledged}</span>
        <span class="small">${moment(last.acknowledged_at)}</span></p>
      ${last.text && html`<p class="words">${last.text}</p>`}</section>`;
  const acknowledge = async (said, id) => {
    const event = { kind: "acknowledged", ...(said && { text: said }) };
    changed(await record(of, event, id));
    recount("/review/mine", -1);
    say(t.acknowledged);
  };
  return html`<section class="box read" aria-label=${t.acknowledge}>
    <p>${t.acknowledge_hint}</p>
    <${Say} name=${`read ${of.contact.id} ${of.automatic.scorecard}`} label=${t.acknowledge_text}
      button=${t.acknowledge} needed=${false} act=${acknowledge} />
  </section>`;
}

function Evaluation() {
  const [of, setOf] = useState(given.review);
  const questions = useMemo(() => questionsOf(of.automatic), []);
  const beside = useBeside();
  const { jump } = beside;
  const [passage, setPassage] = useState(null);
  useKeys({ ...playerKeys(beside.sound) });
  const shown = { people: of.people, speakers: of.speakers, jump };
  const tip = of.automatic.tip;
  const shared = of.review.sharings.at(-1);
  return html`<p class="back"><a href=${`${root}/review/mine`}>← ${t.evaluations}</a></p>
  <header class="top"><${Contact} of=${of.contact} heading /><${Score} of=${of.displayed} /></header>
  <p class="notice law">${of.displayed.draft ? t.law_draft : t.law_people}</p>
  <div class="split">
    <div>
      ${tip && html`<section class="box tip"><h2>${t.tip}</h2><p>${both(tip, "text")}</p>
        <${Quotes} of=${tip.evidence} ...${shown} /></section>`}
      ${of.review.comments.some((one) => !one.item) && html`<section class="box">
        <h2>${t.comments}</h2><${Comments} of=${of.review.comments} ...${shown} /></section>`}
      <section class="box" aria-labelledby="questions">
        <h2 id="questions">${text(of.title)} <span class="small">${of.automatic.version}</span></h2>
        ${of.automatic.sections.map((section) => html`<section key=${section.id} class="part-of">
          <h3>${both(section, "label")}</h3>
          ${of.automatic.items.filter((one) => one.section === section.id).map((item) => html`
            <${Question} key=${item.id} of=${of} item=${item} changed=${setOf} jump=${jump}
              passage=${passage} />`)}
        </section>`)}
      </section>
      <section class="box"><h2>${t.history}</h2>
        <p class="small">${fill(t.shared_by, { who: who(shared.author, of.people), at: moment(shared.at) })}</p>
        <${History} of=${of.history} people=${of.people} questions=${questions} /></section>
    </div>
    <div>
      <${Read} of=${of} changed=${setOf} />
      <${Beside} of=${beside} choose=${setPassage} />
    </div>
  </div>`;
}

mount(Evaluation, "settle");
