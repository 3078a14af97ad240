// What both sides say, as they say it; an hour of it stays light.
import { html, length, t, useLayoutEffect, useMemo, useRef, useState } from "../kit.js";
import { isCalm, useCall } from "./using.js";

const NEAR_PX = 60;

function Turn({ one }) {
  return html`<li class=${`turn ${one.speaker}`} id=${`turn-${one.turn}`} tabindex="-1">
    <span class="at">${one.start_s === null ? "" : length(one.start_s)}</span>
    <span class="whose">${t[`speaker_${one.speaker}`]}</span>
    <p class="words">${one.text}</p>
  </li>`;
}

// The same block gives the same drawing: only the block that changed is looked at again.
function Block({ turns }) {
  return useMemo(
    () => html`<ol class="block">${turns.map((one) => html`<${Turn} key=${one.turn} one=${one} />`)}</ol>`,
    [turns],
  );
}

function Partials({ call, drawn }) {
  const partials = useCall(call, (now) => now.partials);
  useLayoutEffect(drawn);
  const said = Object.values(partials).filter((one) => one.text);
  return html`<ol class="partials">${said.map((one) => html`
    <li key=${one.channel} class=${`turn partial ${one.speaker}`}>
      <span class="at"></span>
      <span class="whose">${t[`speaker_${one.speaker}`]}</span>
      <p class="words">${one.text}<span class="typing" aria-hidden="true"></span></p>
    </li>`)}</ol>`;
}

/** The transcript; it stays at the newest words until somebody scrolls back. */
export function Transcript({ call }) {
  const blocks = useCall(call, (now) => now.blocks);
  const isSilent = useCall(call, (now) => now.turns === 0 && !Object.keys(now.partials).length);
  const place = useRef(null);
  const isPinned = useRef(true);
  const [isBack, setIsBack] = useState(false);
  const toEnd = () => {
    if (isPinned.current && place.current) place.current.scrollTop = place.current.scrollHeight;
  };
  useLayoutEffect(toEnd, [blocks]);
  const scrolled = ({ currentTarget: box }) => {
    isPinned.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
    setIsBack(!isPinned.current);
  };
  const forward = () => {
    isPinned.current = true;
    place.current.scrollTo({
      top: place.current.scrollHeight, behavior: isCalm() ? "auto" : "smooth",
    });
  };
  return html`<section class="box transcript" aria-label=${t.transcript}>
    <div class="lines" ref=${place} onScroll=${scrolled} tabindex="0" role="log" aria-live="off"
        aria-label=${t.transcript}>
      ${isSilent && html`<p class="nothing">${t.nothing_said}</p>`}
      ${blocks.map((turns, number) => html`<${Block} key=${number} turns=${turns} />`)}
      <${Partials} call=${call} drawn=${toEnd} />
    </div>
    ${isBack && html`<button class="newest" onClick=${forward}>↓ ${t.newest}</button>`}
  </section>`;
}

/** Show a turn and put the reader there. */
export function showTurn(number) {
  const line = document.getElementById(`turn-${number}`);
  if (!line) return;
  line.scrollIntoView({ block: "center", behavior: isCalm() ? "auto" : "smooth" });
  line.focus({ preventScroll: true });
}
