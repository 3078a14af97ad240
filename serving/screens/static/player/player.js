// Player of a recording: both channels, who spoke when, silences, overlaps, marked passages.
import WaveSurfer from "../vendor/wavesurfer.js";
import {
  ask, given, html, lang, length, t, useEffect, useLayoutEffect, useRef, useState,
} from "../kit.js";
import { Lanes } from "./lanes.js";

const PACES = [0.75, 1, 1.25, 1.5, 2];
const STEP_S = 5;
const CHANNEL_PX = 46;
const precise = new Intl.NumberFormat(lang, { maximumFractionDigits: 2 });
const SIDES = { agent: "agent", bot: "agent", customer: "customer" };

const colour = (name) =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Say the keys of the player to useKeys: {...playerKeys(sound)}. */
export const playerKeys = (sound) => sound && {
  " ": () => sound.toggle(),
  ArrowLeft: () => sound.step(-STEP_S),
  ArrowRight: () => sound.step(STEP_S),
};

function Wave({ sound, peaks, duration_s, roles }) {
  const place = useRef(null);
  useLayoutEffect(() => {
    const drawn = WaveSurfer.create({
      container: place.current,
      media: sound.media,
      peaks: peaks.channels,
      duration: duration_s,
      height: CHANNEL_PX,
      barWidth: 2,
      barGap: 1,
      barRadius: 2,
      cursorWidth: 2,
      cursorColor: colour("--ink"),
      normalize: true,
      dragToSeek: true,
      cspNonce: given.style_nonce,
      splitChannels: peaks.channels.map((_, channel) => {
        const who = SIDES[roles[channel]] ?? "other";
        return { waveColor: colour(`--wave-${who}`), progressColor: colour(`--speaks-${who}`) };
      }),
    });
    // It may have been played before there was a picture of it.
    drawn.on("ready", () => sound.at > 0 && drawn.setTime(sound.at));
    // The media belongs to the page: it outlives the picture of it.
    return () => drawn.destroy();
  }, [peaks]);
  return html`<div class="wave" ref=${place} aria-hidden="true"></div>`;
}

function Place({ sound, duration_s }) {
  const slider = useRef(null);
  const clock = useRef(null);
  useEffect(() => sound.hear((at_s) => {
    slider.current.value = at_s;
    slider.current.setAttribute("aria-valuetext", length(at_s));
    clock.current.textContent = length(at_s);
  }), [sound]);
  return html`<input ref=${slider} class="place" type="range" min="0" max=${duration_s} step="0.1"
      aria-label=${t.player_place} onInput=${(e) => sound.seek(Number(e.currentTarget.value))} />
    <span class="clock"><b ref=${clock}></b> / ${length(duration_s)}</span>`;
}

/**
 * Show the player of a recording.
 *
 * sound: from openSound. waveform: path of the peaks. turns, silences, overlaps: of the
 * conversation, with start_s and end_s. roles: who is on which channel. marks: passages with
 * start_s, end_s, kind and label; `chosen` is told which one was clicked.
 */
export function Player({
  sound, waveform, duration_s, turns, silences = [], overlaps = [], roles = [], marks = [],
  chosen = () => {},
}) {
  const [playing, setPlaying] = useState(false);
  const [broken, setBroken] = useState(false);
  const [pace, setPace] = useState(1);
  const [peaks, setPeaks] = useState(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => sound.hear((_, plays, cannot) => {
    setPlaying(plays);
    setBroken(cannot);
  }), [sound]);
  useEffect(() => {
    const stop = new AbortController();
    ask(waveform, { signal: stop.signal }).then(
      (found) => setPeaks({
        ...found,
        channels: found.channels.map((one) => Float32Array.from(one, (peak) => peak / 100)),
      }),
      (error) => error.name === "AbortError" || setFailed(true),
    );
    return () => stop.abort();
  }, [waveform]);
  const whole_s = peaks?.duration_s ?? duration_s;

  return html`<section class="player" aria-label=${t.player}>
    <div class="tape">
      ${peaks
        ? html`<${Wave} sound=${sound} peaks=${peaks} duration_s=${whole_s} roles=${roles} />`
        : html`<div class="wave empty">${failed ? t.player_no_wave : t.loading}</div>`}
      <${Lanes} ...${{ sound, turns, silences, overlaps, marks, duration_s: whole_s, chosen }} />
    </div>
    ${broken && html`<p class="notice" role="status">${t.player_broken}</p>`}
    <div class="controls">
      <button class="play" onClick=${() => sound.toggle()} disabled=${broken}
        aria-label=${playing ? t.player_pause : t.player_play}>
        <span aria-hidden="true" class=${playing ? "icon pause" : "icon start"}></span></button>
      <button class="quiet" onClick=${() => sound.step(-STEP_S)} aria-label=${t.player_back}>−${STEP_S} s</button>
      <button class="quiet" onClick=${() => sound.step(STEP_S)} aria-label=${t.player_ahead}>+${STEP_S} s</button>
      <${Place} sound=${sound} duration_s=${whole_s} />
      <label class="pace"><span class="hidden">${t.player_pace}</span>
        <select value=${String(pace)} onInput=${(event) => {
          setPace(Number(event.currentTarget.value));
          sound.pace(Number(event.currentTarget.value));
        }}>${PACES.map((one) => html`<option value=${String(one)}>${
          `${precise.format(one)} ×`}</option>`)}
        </select></label>
      <p class="legend" aria-hidden="true">
        <span class="key silence"></span>${t.player_silence}
        <span class="key overlap"></span>${t.player_overlap}
        ${marks.length > 0 && html`<span class="key mark"></span>${t.player_mark}`}
      </p>
    </div>
  </section>`;
}
