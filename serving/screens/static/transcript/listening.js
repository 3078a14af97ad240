// Player and transcript of a conversation together, and what is said about personal data.
import { Dialog, counted, html, root, t, useEffect, useMemo, useState } from "../kit.js";
import { Player } from "../player/player.js";
import { openSound } from "../player/sound.js";
import { Transcript } from "./transcript.js";

/** Open the recording of a conversation; null where it has none. */
export const soundOf = (heard) =>
  heard.has_audio ? openSound(`${root}/v1/conversations/${heard.id}/audio`) : null;

/** Name who speaks in a turn; where several share a role, with a number. */
export function namesOf(turns) {
  const seats = {};
  for (const turn of turns) {
    const seat = (seats[turn.speaker] ??= []);
    if (!seat.includes(turn.participant)) seat.push(turn.participant);
  }
  return (turn) => {
    const seat = seats[turn.speaker];
    const role = t[`speaker_${turn.speaker}`];
    return seat.length > 1 ? `${role} ${seat.indexOf(turn.participant) + 1}` : role;
  };
}

/** Say how much is masked, and offer to show it to who may; it is written down. */
export function Masking({ heard }) {
  const of = heard.masking;
  const [asks, setAsks] = useState(false);
  const go = (unmasked) => {
    const query = new URLSearchParams(location.search);
    if (unmasked) query.set("unmasked", "1");
    else query.delete("unmasked");
    location.search = query;
  };
  const count = of.masked ? counted("masked_many", of.masked) : t.masked_none;
  if (of.unmasked)
    return html`<p class="notice masking" role="status"><span>${t.unmasked}</span>
      <button class="quiet" onClick=${() => go(false)}>${t.mask}</button></p>`;
  return html`<p class="masking small"><span class="chip">${count}</span>
    ${of.masked > 0 && of.may && html`<button class="quiet" onClick=${() => setAsks(true)}>${t.unmask}</button>`}
    ${of.masked > 0 && heard.has_audio && html`<span>${t.masked_sound}</span>`}
    ${of.gone > 0 && html`<span>${counted("masked_gone", of.gone)}</span>`}
    ${asks && html`<${Dialog} title=${t.unmask} close=${() => setAsks(false)}>
      <p>${t.unmask_ask}</p>
      <div class="row"><button onClick=${() => go(true)}>${t.unmask}</button></div>
    </${Dialog}>`}</p>`;
}

/**
 * Show player and transcript.
 *
 * heard: what Shown.listening() gives. sound: from soundOf. marks: see Transcript. goTo:
 * {passage}. choose: told the chosen words, `chosen` those that the page holds. markChosen: told the mark that was clicked.
 */
export function Listening({ heard, sound, marks = [], goTo = null, choose = null, chosen, markChosen }) {
  const nameOf = useMemo(() => namesOf(heard.turns), [heard.turns]);
  useEffect(() => {
    if (sound && goTo && goTo.passage.start_s !== null && goTo.passage.start_s !== undefined)
      sound.seek(goTo.passage.start_s, { play: goTo.play ?? false, end_s: goTo.end_s });
  }, [goTo]);
  return html`<div class="listening">
    ${sound && html`<${Player} sound=${sound} duration_s=${heard.duration_s} turns=${heard.turns}
      waveform=${`/v1/conversations/${heard.id}/waveform`} marks=${marks} chosen=${markChosen}
      ...${heard.sound} />`}
    <div class="said-box" tabindex="-1">
      ${heard.turns.length === 0
        ? html`<p class="nothing">${t.transcript_empty}</p>`
        : html`<${Transcript} turns=${heard.turns} nameOf=${nameOf} sound=${sound} marks=${marks}
            goTo=${goTo} choose=${choose} chosen=${chosen} />`}
    </div>
  </div>`;
}
