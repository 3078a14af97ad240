// One conversation: listen, read, and what was understood of it, each thing leading to its place.
import {
  ask, day, fill, given, html, lang, length, moment, mount, root, t, useEffect, useKeys, useMemo,
  useState,
} from "../kit.js";
import { Listening, Masking, soundOf } from "../transcript/listening.js";
import { Why } from "../inbox/why.js";
import { playerKeys } from "../player/player.js";
import { Account, Box, Categories, Entities, Facts, Mood, Note, Promises, Questions, Reasons } from "./about.js";

const LOOK_EVERY_MS = 4000;
const { stored, heard, understood } = given;

function Head() {
  const facts = [
    stored.channel && t[stored.channel],
    moment(stored.started_at ?? stored.created_at),
    stored.duration_s > 0 && length(stored.duration_s),
    stored.direction && t[stored.direction],
    stored.queue,
    stored.agent_key && `${t.speaker_agent} ${stored.agent_key}`,
    stored.customer_key && `${t.speaker_customer} ${stored.customer_key}`,
  ].filter(Boolean);
  return html`<header class="top">
    <div>
      <h1>${stored.name}</h1>
      <ul class="about">${facts.map((one) => html`<li>${one}</li>`)}</ul>
    </div>
    <div class="row">
      <a class="quiet" href=${`${root}/inbox`}>${t.back}</a>
      ${heard && html`<a class="quiet" href=${`${root}/v1/conversations/${stored.id}/report?lang=${lang}`}
        target="_blank" rel="noopener">${t.report}</a>`}
      ${heard && given.may_review && html`<a role="button" href=${`${root}/review/${stored.id}`}>${t.to_review}</a>`}
    </div>
  </header>`;
}

/** A conversation that is not analysed yet: the page comes back when it is. */
function Waiting() {
  const [now, setNow] = useState(stored);
  useEffect(() => {
    const timer = setInterval(async () => {
      const found = await ask(`/v1/conversations?limit=1&status=${stored.status}`).catch(() => null);
      if (found && !found.data.some((one) => one.id === stored.id)) {
        const one = await ask(`/v1/jobs?conversation_id=${stored.id}&limit=1`).catch(() => null);
        setNow({ ...now, progress: one?.data?.[0]?.progress ?? now.progress });
        location.reload();
      }
    }, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return html`<div class="box" role="status"><p>${t.waiting}</p>
    <progress value=${now.progress} max="1" aria-label=${t.waiting}></progress></div>`;
}

function Conversation() {
  const sound = useMemo(() => heard && soundOf(heard), []);
  const [at, setAt] = useState(null);
  useKeys({ ...playerKeys(sound) });
  useEffect(() => {
    const turn = heard?.turns[Number(location.hash.match(/^#turn-(\d+)$/)?.[1] ?? -1)];
    if (turn) setAt({ passages: [{ ...turn, turn_index: turn.index, quote: turn.text }],
      passage: { turn_index: turn.index, start_s: turn.start_s } });
  }, []);
  const go = (passages) => {
    const [first] = passages;
    setAt({ passages, passage: first, play: true, end_s: first.end_s ?? undefined });
  };
  const marks = useMemo(() => (at?.passages ?? []).map((one, place) => ({
    ...one, key: place, kind: "evidence", now: true, label: t.player_mark,
  })), [at]);
  if (!heard)
    return html`<${Head} />${
      given.erased ? html`<p class="box">${t.erased}</p>`
      : given.problem ? html`<div class="box"><h2>${t.failed}</h2><${Why} of=${given.problem} /></div>`
      : html`<${Waiting} />`}`;
  return html`<${Head} /><${Masking} heard=${heard} />
    <div class="panes">
      <${Listening} heard=${heard} sound=${sound} marks=${marks} goTo=${at}
        markChosen=${(mark) => go([mark])} />
      <div class="about-pane">
        ${understood
          ? html`<${Reasons} ...${understood} go=${go} />
            <${Facts} ...${understood} go=${go} />
            <${Mood} of=${understood.mood} turns=${heard.turns} go=${go} />
            <${Note} of=${understood.note} id=${stored.id} go=${go} />
            <${Promises} of=${understood.promises} go=${go} />`
          : html`<${Box}><p class="small">${t.other_shape}</p></${Box}>`}
        <${Categories} of=${given.categories} go=${go} />
        ${understood && html`<${Questions} of=${understood.questions} go=${go} />
          <${Entities} of=${understood.entities} go=${go} />`}
        ${given.account && html`<${Account} of=${given.account} go=${go} />`}
      </div>
    </div>`;
}

mount(Conversation, "conversation");
