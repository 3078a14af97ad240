// Before a call: take one, practise on an old one, or follow one that is going on.
import {
  ask, day, fill, given, html, length, moment, Problem, t, useAsked, useEffect, useState,
} from "../kit.js";

const LOOK_EVERY_MS = 3000;

function Wrong({ of }) {
  if (!of) return null;
  if (of.kind) return html`<p class="problem" role="alert">${t[of.kind] ?? t.sound_refused}</p>`;
  return html`<${Problem} of=${of} />`;
}

const Language = ({ value, change }) => html`<label class="field">${t.spoken}
  <select value=${value} onInput=${(event) => change(event.currentTarget.value)}>
    <option value="">${t.spoken_usual}</option><option value="fr">Français</option>
    <option value="en">English</option><option value="auto">${t.spoken_auto}</option>
  </select></label>`;

function Microphone({ begin, busy, wrong }) {
  const [withTab, setWithTab] = useState(true);
  const [facts, setFacts] = useState({ customer_key: "", queue: "", language: "" });
  const field = (name) => ({
    value: facts[name],
    onInput: (event) => setFacts({ ...facts, [name]: event.currentTarget.value }),
  });
  return html`<form class="box way" onSubmit=${(event) => {
    event.preventDefault();
    begin({ way: "microphone", withTab, facts });
  }}>
    <h2>${t.take_call}</h2>
    <p class="soft">${t.take_call_hint}</p>
    <div class="fields">
      <label class="field">${t.customer}<input maxlength="128" autocomplete="off" ...${field("customer_key")} /></label>
      <label class="field">${t.queue}<input maxlength="128" autocomplete="off" ...${field("queue")} /></label>
      <${Language} value=${facts.language} change=${(language) => setFacts({ ...facts, language })} />
    </div>
    <label class="tick"><input type="checkbox" checked=${withTab}
      onChange=${(event) => setWithTab(event.currentTarget.checked)} />
      <span>${t.with_tab}<span class="small">${withTab ? t.with_tab_hint : t.without_tab_hint}</span></span></label>
    <${Wrong} of=${wrong?.way === "microphone" && wrong.problem} />
    <button type="submit" aria-busy=${busy === "microphone"} disabled=${!!busy}>${t.begin_call}</button>
  </form>`;
}

function Practice({ begin, busy, wrong }) {
  const found = useAsked("/v1/conversations?channel=phone&status=done&limit=50");
  const [chosen, setChosen] = useState("");
  const [file, setFile] = useState(null);
  const [isSwapped, setIsSwapped] = useState(false);
  const [language, setLanguage] = useState("");
  const recordings = (found.value?.data ?? []).filter((one) => one.has_audio);
  const label = (one) => [
    one.name, day(one.started_at ?? one.created_at), length(one.duration_s),
    given.reasons[one.reason],
  ].filter(Boolean).join(" · ");
  const picked = recordings.find((one) => one.id === chosen);
  return html`<form class="box way" onSubmit=${(event) => {
    event.preventDefault();
    const sound = picked ? { id: picked.id, name: picked.name } : { file };
    begin({ way: "practice", chosen: sound, isSwapped, language: language || picked?.language });
  }}>
    <h2>${t.practise}</h2>
    <p class="soft">${t.practise_hint}</p>
    <${Problem} of=${found.problem} again=${found.again} />
    <label class="field">${t.recording}
      <select value=${chosen} onInput=${(event) => {
        setChosen(event.currentTarget.value);
        setFile(null);
      }}>
        <option value="">${recordings.length ? t.choose : found.busy ? t.loading : t.no_recordings}</option>
        ${recordings.map((one) => html`<option key=${one.id} value=${one.id}>${label(one)}</option>`)}
      </select></label>
    ${!picked && html`<div class="own-file">
      <input type="file" id="own-file" accept="audio/*,.wav,.mp3,.ogg,.opus,.flac,.m4a"
        onChange=${(event) => setFile(event.currentTarget.files[0] ?? null)} />
      <label for="own-file">${t.own_file}</label>
      ${file && html`<span class="small">${file.name}</span>`}</div>`}
    ${file && html`<div class="fields"><label class="field">${t.left_side}
        <select value=${isSwapped ? "customer" : "agent"} onInput=${(event) =>
          setIsSwapped(event.currentTarget.value === "customer")}>
          <option value="agent">${t.speaker_agent}</option>
          <option value="customer">${t.speaker_customer}</option></select></label>
      <${Language} value=${language} change=${setLanguage} /></div>`}
    <${Wrong} of=${wrong?.way === "practice" && wrong.problem} />
    <button type="submit" class="secondary" aria-busy=${busy === "practice"}
      disabled=${!!busy || (!picked && !file)}>${t.begin_practice}</button>
  </form>`;
}

/** The calls that are going on, as they come and go. */
function useRunning(known) {
  const [running, setRunning] = useState({ data: known, problem: null });
  useEffect(() => {
    let isGone = false;
    const look = () => document.hidden || ask("/v1/live/sessions").then(
      ({ data }) => isGone || setRunning({ data, problem: null }),
      (problem) => isGone || setRunning((held) => ({ ...held, problem })),
    );
    const timer = setInterval(look, LOOK_EVERY_MS);
    look();
    return () => {
      isGone = true;
      clearInterval(timer);
    };
  }, []);
  return running;
}

function Running({ begin, left, isFirst }) {
  const { data, problem } = useRunning(isFirst ? given.running : []);
  useEffect(() => {
    const mine = given.is_agent && data.find((one) => !one.is_cut && !left.has(one.id));
    if (mine) begin({ way: "watched", session: mine });
  }, [data]);
  return html`<section class="box" aria-labelledby="running-title">
    <h2 id="running-title">${t.running}</h2>
    <${Problem} of=${problem} />
    <div aria-live="polite">${data.length === 0
      ? html`<p class="nothing">${given.is_agent ? t.running_none_own : t.running_none}</p>`
      : html`<ul class="list">${data.map((one) => html`<li key=${one.id} class="row apart">
          <div><strong>${one.customer_key ?? t.unknown_customer}</strong>
            <p class="small">${[
              t[`protocol_${one.protocol}`] ?? one.protocol, one.queue,
              one.agent_key && fill(t.of_agent, { agent: one.agent_key }),
              fill(t.since, { at: length((Date.now() - new Date(one.started_at)) / 1000) }),
            ].filter(Boolean).join(" · ")}</p></div>
          ${one.is_cut && html`<span class="chip warn">${t.state_cut}</span>`}
          <button class="secondary" onClick=${() => begin({ way: "watched", session: one })}
            aria-label=${`${t.watch} ${one.customer_key ?? t.unknown_customer}`}>${t.watch}</button>
        </li>`)}</ul>`}</div>
  </section>`;
}

function Notes({ open, isFirst }) {
  const notes = useAsked("/v1/notes?limit=8", isFirst ? given.notes : null);
  return html`<section class="box" aria-labelledby="notes-title">
    <h2 id="notes-title">${t.newest_notes}</h2>
    <${Problem} of=${notes.problem} again=${notes.again} />
    ${notes.value === null ? html`<p class="nothing" aria-busy="true">${t.loading}</p>`
      : notes.value.data.length === 0
      ? html`<p class="nothing">${t.notes_none}</p>`
      : html`<ul class="list">${notes.value.data.map((one) => html`
        <li key=${one.conversation_id} class="row apart">
          <div><strong>${one.customer_key ?? t.unknown_customer}</strong>
            <p class="small">${[
              moment(one.started_at ?? one.created_at), length(one.duration_s),
              given.reasons[one.reason] ?? one.reason,
            ].filter(Boolean).join(" · ")}</p></div>
          <span class=${one.version ? "chip good" : "chip warn"}>
            ${one.version ? t.note_is_sent : t.note_is_draft}</span>
          <button class="quiet" onClick=${() => open(one)}
            aria-label=${`${t.open_note} ${one.customer_key ?? t.unknown_customer}`}>${t.open_note}</button>
        </li>`)}</ul>`}
  </section>`;
}

/** Everything that can be done before a call; `isFirst`: what the page came with is fresh. */
export function Start({ begin, busy, wrong, left, isFirst, openNote, round }) {
  return html`<div class="start">
    <div class="ways">
      <${Microphone} begin=${begin} busy=${busy} wrong=${wrong} />
      <${Practice} begin=${begin} busy=${busy} wrong=${wrong} />
    </div>
    <div class="beside">
      <${Running} begin=${begin} left=${left} isFirst=${isFirst} />
      <${Notes} key=${round} open=${openNote} isFirst=${isFirst && round === 0} />
    </div>
  </div>`;
}
