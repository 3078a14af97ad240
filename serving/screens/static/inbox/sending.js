// Files go in: dropped or chosen, a few at a time, each with its progress.
import { given, html, root, t, useRef, useState } from "../kit.js";
import { Why } from "./why.js";

const AT_ONCE = 3;
const SHOWN_MS = 4000;

// Sent with XMLHttpRequest: fetch tells nothing of how far an upload is.
function send(one, changed) {
  const request = new XMLHttpRequest();
  const body = new FormData();
  for (const [name, value] of Object.entries(one.about)) if (value) body.append(name, value);
  body.append("file", one.file, one.file.name);
  request.open("POST", `${root}/v1/conversations`);
  request.setRequestHeader("X-CSRF-Token", given.csrf);
  request.setRequestHeader("Idempotency-Key", `"${one.key}"`);
  request.upload.onprogress = (event) =>
    changed({ share: event.lengthComputable ? event.loaded / event.total : null });
  request.onerror = () => changed({ state: "cut", problem: { status: 0 } });
  request.onload = () => {
    if (request.status === 202) return changed({ state: "stored", share: 1 });
    let problem = { status: request.status };
    try {
      problem = JSON.parse(request.responseText);
    } catch {
      // What is no JSON came from a proxy; its number says enough.
    }
    return changed({ state: "refused", problem });
  };
  request.send(body);
}

function File({ one, again, drop }) {
  const goesOn = one.state === "sending" || one.state === "waiting";
  return html`<li>
    <span class="file">${one.file.name}</span>
    ${one.state === "stored" && html`<span class="done">${t.sent}</span>`}
    ${one.state === "cut" && html`<button class="quiet" onClick=${again}>${t.again}</button>`}
    ${one.state === "refused" && html`<button class="quiet" onClick=${drop}>${t.dismiss}</button>`}
    ${goesOn && html`<progress value=${one.share ?? undefined} max="1"
      aria-label=${`${t.sending} ${one.file.name}`}></progress>`}
    ${one.problem && html`<${Why} of=${one.problem} alert />`}
  </li>`;
}

let last = 0;

/** Where files are dropped, what is known of them, and those that are on their way. */
export function Sender({ stored }) {
  const [files, setFiles] = useState([]);
  const [over, setOver] = useState(false);
  const [about, setAbout] = useState({});
  const known = useRef(about);
  const queue = useRef([]);
  const running = useRef(0);

  const change = (key, values) =>
    setFiles((held) => held.map((one) => (one.key === key ? { ...one, ...values } : one)));
  const drop = (key) => setFiles((held) => held.filter((one) => one.key !== key));
  const next = () => {
    while (running.current < AT_ONCE && queue.current.length) {
      const one = queue.current.shift();
      running.current += 1;
      change(one.key, { state: "sending", problem: null });
      send(one, (values) => {
        change(one.key, values);
        if (!values.state) return;
        running.current -= 1;
        if (values.state === "stored") {
          stored();
          setTimeout(() => drop(one.key), SHOWN_MS);
        }
        next();
      });
    }
  };
  const add = (list) => {
    const added = [...list].map((file) => ({
      file, about: { ...known.current }, key: `inbox-${Date.now()}-${(last += 1)}`,
      state: "waiting", share: 0,
    }));
    setFiles((held) => [...held, ...added]);
    queue.current.push(...added);
    next();
  };
  const field = (name) => ({
    value: about[name] ?? "",
    onInput: (event) => {
      known.current = { ...known.current, [name]: event.currentTarget.value };
      setAbout(known.current);
    },
  });
  const dropped = (event) => {
    event.preventDefault();
    setOver(false);
    add(event.dataTransfer.files);
  };
  const hovered = (event) => {
    event.preventDefault();
    setOver(true);
  };

  return html`<section class=${over ? "drop over" : "drop"} aria-label=${t.drop}
      onDragOver=${hovered} onDragLeave=${() => setOver(false)} onDrop=${dropped}>
    <div class="invite">
      <div><strong>${t.drop}</strong><p class="small">${t.drop_hint}</p></div>
      <input type="file" id="files" multiple onChange=${(event) => {
        add(event.currentTarget.files);
        event.currentTarget.value = "";
      }} />
      <label class="choose" for="files">${t.choose}</label>
    </div>
    <details>
      <summary>${t.details}</summary>
      <div class="fields">
        <label class="field">${t.spoken}<select ...${field("language")}>
          <option value="">${t.auto}</option><option value="fr">Français</option>
          <option value="en">English</option></select></label>
        <label class="field">${t.direction}<select ...${field("direction")}>
          <option value="">${t.any}</option><option value="inbound">${t.inbound}</option>
          <option value="outbound">${t.outbound}</option></select></label>
        <label class="field">${t.queue}<input maxlength="64" ...${field("queue")} /></label>
        <label class="field">${t.agent}<input maxlength="64" ...${field("agent_key")} /></label>
        <label class="field">${t.customer}
          <input maxlength="128" ...${field("customer_key")} /></label>
      </div>
    </details>
  </section>
  <ul class="sending" aria-live="polite">${files.map((one) => html`<${File} key=${one.key}
    one=${one} drop=${() => drop(one.key)} again=${() => {
      queue.current.push(one);
      next();
    }} />`)}</ul>`;
}
