// Above a call: with whom, for how long, how it goes, and how it ends.
import { fill, given, html, length, number, t, useEffect, useState } from "../kit.js";
import { useCall } from "./using.js";

const SPEEDS = [1, 1.5, 2];

function Clock({ call }) {
  const phase = useCall(call, (now) => now.phase);
  const closed = useCall(call, (now) => now.closed);
  const [began] = useState(() => new Date(call.now.about.started_at ?? Date.now()).getTime());
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    if (phase === "over") return undefined;
    const look = () => setSeconds(Math.max(0, (Date.now() - began) / 1000));
    look();
    const timer = setInterval(look, 1000);
    return () => clearInterval(timer);
  }, [phase]);
  return html`<span class="clock" role="timer" aria-label=${t.duration}>
    ${length(closed?.duration_s || seconds)}</span>`;
}

function Levels({ call }) {
  const levels = useCall(call, (now) => now.levels);
  const sides = useCall(call, (now) => now.sides);
  if (!levels || !sides) return null;
  return html`<div class="levels">${sides.map((side, place) => html`<label key=${side}>
    <span class="small">${t[`speaker_${side}`]}</span>
    <meter min="0" max="1" value=${levels[place] ?? 0}></meter></label>`)}</div>`;
}

function Controls({ call, player }) {
  const now = useCall(call, (held) => held.player);
  if (!now) return null;
  return html`<div class="row player">
    <button class="secondary" onClick=${() => (now.isPlaying ? player.pause() : player.play())}>
      ${now.isPlaying ? t.pause : t.go_on} <kbd aria-hidden="true">p</kbd></button>
    <label class="small">${t.speed}
      <select aria-label=${t.speed} value=${now.speed}
          onInput=${(event) => player.setSpeed(Number(event.currentTarget.value))}>
        ${SPEEDS.map((speed) => html`<option key=${speed} value=${speed}>${number(speed)} ×</option>`)}
      </select></label>
    <progress value=${now.at_s} max=${now.duration_s} aria-label=${t.position}></progress>
    <span class="small">${length(now.at_s)} / ${length(now.duration_s)}</span>
  </div>`;
}

function stateOf(phase, line, isPaused) {
  if (line === "cut") return ["warn", t.state_cut];
  if (line === "lost") return ["bad", t.state_lost];
  if (phase === "opening") return ["", t.state_opening];
  if (phase === "ending") return ["accent", t.state_ending];
  if (phase === "over") return ["", t.state_over];
  if (isPaused) return ["", t.state_paused];
  return ["good", t.state_live];
}

/** The line above everything. */
export function Head({ way, finish }) {
  const { call, player, hangUp } = way;
  const phase = useCall(call, (now) => now.phase);
  const line = useCall(call, (now) => now.line);
  const about = useCall(call, (now) => now.about);
  const isSoundLost = useCall(call, (now) => now.sound === "lost");
  const isPaused = useCall(call, (now) => Boolean(now.player && !now.player.isPlaying));
  const [colour, said] = stateOf(phase, line, isPaused);
  const name = about.way === "practice" ? about.name : about.customer_key ?? t.unknown_customer;
  const isOver = phase === "over" || line === "lost";
  return html`<header class="box head">
    <div class="who">
      <h1>${name}</h1>
      <p class="small">${[
        t[`way_${about.way}`], about.queue,
        given.is_agent || !about.agent_key ? null : fill(t.of_agent, { agent: about.agent_key }),
      ].filter(Boolean).join(" · ")}</p>
    </div>
    <span class=${`chip ${colour}`} role="status">${said}</span>
    ${(!player || isOver) && html`<${Clock} call=${call} />`}
    ${player && !isOver && html`<${Controls} call=${call} player=${player} />`}
    ${!isOver && !isSoundLost && html`<${Levels} call=${call} />`}
    <div class="row ends">
      ${!isOver && hangUp && html`<button class="danger" disabled=${phase !== "live"}
        onClick=${hangUp}>${about.way === "practice" ? t.end_practice : t.hang_up}</button>`}
      ${!isOver && !hangUp && html`<button class="secondary" onClick=${finish}>${t.stop_watching}</button>`}
      ${isOver && html`<button onClick=${finish}>${t.next_call}</button>`}
    </div>
  </header>`;
}

/** What goes wrong with the line, and what is done about it. */
export function Lines({ call }) {
  const line = useCall(call, (now) => now.line);
  const behind = useCall(call, (now) => now.behind);
  const resumed = useCall(call, (now) => now.resumed);
  const isSoundLost = useCall(call, (now) => now.sound === "lost");
  const isUnheard = useCall(call, (now) => now.player?.isHeard === false);
  const phase = useCall(call, (now) => now.phase);
  const lost = useCall(call, (now) => now.closed?.lost_from_s ?? null);
  const way = call.now.about.way;
  const [isFresh, setIsFresh] = useState(false);
  useEffect(() => {
    if (!resumed) return undefined;
    setIsFresh(true);
    const timer = setTimeout(() => setIsFresh(false), 6000);
    return () => clearTimeout(timer);
  }, [resumed]);
  return html`<div class="lines-said" aria-live="assertive">
    ${line === "cut" && html`<p class="notice cut"><strong>${t.cut}</strong>${" "}
      <span>${t[`cut_${way}`]}</span></p>`}
    ${line === "open" && isFresh && html`<p class="notice again">${t.resumed}</p>`}
    ${line === "lost" && html`<p class="notice bad">${way === "practice" ? t.lost_practice : t.lost}</p>`}
    ${behind > 0 && line === "open" && html`<p class="notice">
      ${fill(t.behind, { s: Math.round(behind) })}</p>`}
    ${isSoundLost && phase === "live" && html`<p class="notice">${t.sound_lost}</p>`}
    ${isUnheard && phase === "live" && html`<p class="notice">${t.unheard}</p>`}
    ${lost !== null && html`<p class="notice bad">${fill(t.lost_from, { at: length(lost) })}</p>`}
  </div>`;
}
