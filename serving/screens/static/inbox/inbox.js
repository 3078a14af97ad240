// The inbox: files go in with their progress, conversations are shown as they are worked on.
import { html, render, useEffect, useRef, useState } from "../vendor/htm-preact.js";

const given = JSON.parse(document.getElementById("state").textContent);
const { words: t, root, lang } = given;
const PAGE = 50;
const LOOK_EVERY_MS = 1500;
const AT_ONCE = 3;

const moment = new Intl.DateTimeFormat(lang, { dateStyle: "short", timeStyle: "short" });
const length = (seconds) => {
  if (seconds === null) return "";
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
};
const score = new Intl.NumberFormat(lang, { maximumFractionDigits: 0 });

// What went wrong in the reader's language; the service's own words, in English, stand after it.
function said(problem) {
  const kind = (problem.type ?? "").replace("urn:entendu:problem:", "");
  return t[kind] ?? t[String(problem.status)] ?? t.other;
}

function Problem({ one, alert }) {
  const known = one.title !== undefined;
  return html`<p class="problem" role=${alert ? "alert" : undefined}>
    ${known ? said(one) : one.detail}
    ${known && one.detail && html`<br /><span class="remedy" lang="en">${one.detail}${
      one.remedy ? ` → ${one.remedy}` : ""}</span>`}
  </p>`;
}

async function read(path) {
  const answer = await fetch(root + path);
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

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
  request.onerror = () => changed({ state: "cut", problem: { detail: t.cut } });
  request.onload = () => {
    if (request.status === 202) return changed({ state: "stored", share: 1 });
    let problem = { title: "", status: request.status };
    try {
      problem = JSON.parse(request.responseText);
    } catch {
      // What is no JSON came from a proxy; its number says enough.
    }
    return changed({ state: "refused", problem });
  };
  request.send(body);
}

let last = 0;
function Sender({ stored }) {
  const [files, setFiles] = useState([]);
  const [over, setOver] = useState(false);
  const [about, setAbout] = useState({});
  const known = useRef(about);
  const queue = useRef([]);
  const running = useRef(0);

  const change = (key, values) =>
    setFiles((held) => held.map((one) => (one.key === key ? { ...one, ...values } : one)));
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
          setTimeout(() => setFiles((held) => held.filter((o) => o.key !== one.key)), 4000);
        }
        next();
      });
    }
  };
  const add = (list) => {
    const added = [...list].map((file) => ({
      file, about: { ...known.current }, key: `inbox-${Date.now()}-${(last += 1)}`, state: "waiting", share: 0,
    }));
    setFiles((held) => [...held, ...added]);
    queue.current.push(...added);
    next();
  };
  const again = (one) => {
    queue.current.push(one);
    next();
  };
  const field = (name) => ({
    value: about[name] ?? "",
    onInput: (event) => {
      known.current = { ...known.current, [name]: event.currentTarget.value };
      setAbout(known.current);
    },
  });

  return html`<section class=${over ? "drop over" : "drop"}
      onDragOver=${(event) => { event.preventDefault(); setOver(true); }}
      onDragLeave=${() => setOver(false)}
      onDrop=${(event) => { event.preventDefault(); setOver(false); add(event.dataTransfer.files); }}>
    <strong>${t.drop}</strong>
    <p class="small">${t.drop_hint}</p>
    <input type="file" id="files" multiple onChange=${(event) => {
      add(event.currentTarget.files);
      event.currentTarget.value = "";
    }} />
    <label class="choose" for="files">${t.choose}</label>
    <details>
      <summary>${t.details}</summary>
      <div class="fields">
        <label>${t.spoken}<select ...${field("language")}>
          <option value="">${t.auto}</option><option value="fr">Français</option>
          <option value="en">English</option></select></label>
        <label>${t.direction}<select ...${field("direction")}>
          <option value="">${t.any}</option><option value="inbound">${t.inbound}</option>
          <option value="outbound">${t.outbound}</option></select></label>
        <label>${t.queue}<input maxlength="64" ...${field("queue")} /></label>
        <label>${t.agent}<input maxlength="64" ...${field("agent_key")} /></label>
        <label>${t.customer}<input maxlength="128" ...${field("customer_key")} /></label>
      </div>
    </details>
  </section>
  <ul class="sending" aria-live="polite">
    ${files.map((one) => html`<li key=${one.key}>
      <span class="file">${one.file.name}</span>
      ${one.state === "stored" && html`<span class="done">${t.sent}</span>`}
      ${one.state === "cut" &&
      html`<button class="quiet" onClick=${() => again(one)}>${t.again}</button>`}
      ${one.state === "refused" && html`<button class="quiet"
        onClick=${() => setFiles((held) => held.filter((o) => o.key !== one.key))}>
        ${t.dismiss}</button>`}
      ${(one.state === "sending" || one.state === "waiting") &&
      html`<progress value=${one.share ?? undefined} max="1"
        aria-label=${`${t.sending} ${one.file.name}`}></progress>`}
      ${one.problem && html`<${Problem} one=${one.problem} alert />`}
    </li>`)}
  </ul>`;
}

function Row({ one, reasons }) {
  const [why, setWhy] = useState(null);
  const explain = async () => {
    const detail = await read(`/v1/conversations/${one.id}`);
    setWhy(detail.error ?? { detail: "" });
  };
  return html`<tr>
    <td class="name">${one.name}
      ${why && html`<${Problem} one=${why} />`}</td>
    <td>${one.channel ? t[one.channel] ?? one.channel : ""}</td>
    <td>${moment.format(new Date(one.created_at))}</td>
    <td class="number">${length(one.duration_s)}</td>
    <td>${one.reason ? reasons[one.reason] ?? one.reason : ""}</td>
    <td class="number">${one.score_100 === null ? "" : score.format(one.score_100)}</td>
    <td><span class=${`state ${one.status}`}>${t[one.status]}</span>
      ${one.status === "running" && html`<progress value=${one.progress} max="1"
        aria-label=${`${t.progress} ${one.name}`}></progress>`}</td>
    <td>${one.status === "done" &&
      html`<a href=${`${root}/v1/conversations/${one.id}/report`} target="_blank" rel="noopener"
        aria-label=${`${t.report} ${one.name}`}>${t.report}</a>`}
      ${one.status === "failed" && !why && html`<button class="quiet"
        aria-label=${`${t.why} ${one.name}`} onClick=${explain}>${t.why}</button>`}</td>
  </tr>`;
}

function Inbox() {
  const [list, setList] = useState(given.list);
  const [status, setStatus] = useState("");
  const [wanted, setWanted] = useState(PAGE);
  const [offline, setOffline] = useState(false);
  const [reasons, setReasons] = useState({});
  const asked = useRef({ status, wanted });
  asked.current = { status, wanted };

  const look = async () => {
    const { status: of, wanted: most } = asked.current;
    try {
      const found = await read(
        `/v1/conversations?limit=${Math.min(most, 200)}${of ? `&status=${of}` : ""}`,
      );
      if (of === asked.current.status) setList(found);
      setOffline(false);
    } catch {
      setOffline(true);
    }
  };
  useEffect(() => {
    read("/v1/reasons").then(
      (found) => setReasons(Object.fromEntries(
        found.data.flatMap((one) => [one, ...(one.subreasons ?? [])]).map(
          (one) => [one.code, one.label[lang] ?? one.label.fr ?? one.code]))),
      () => {},
    );
    const timer = setInterval(() => document.hidden || look(), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => {
    look();
  }, [status, wanted]);

  return html`${given.may_send && html`<${Sender} stored=${look} />`}
  <section class="received">
    <div class="top">
      <h2>${t.list}</h2>
      <label>${t.filter}<select value=${status} onInput=${(e) => setStatus(e.currentTarget.value)}>
        <option value="">${t.all}</option>
        ${["queued", "running", "done", "failed"].map(
          (name) => html`<option value=${name}>${t[name]}</option>`)}
      </select></label>
    </div>
    ${offline && html`<p class="notice" role="status">${t.offline}</p>`}
    ${list.data.length === 0
      ? html`<p class="nothing">${status ? t.empty_filter : t.empty}</p>`
      : html`<div class="scroll"><table>
          <thead><tr>
            <th scope="col">${t.name}</th><th scope="col">${t.channel}</th>
            <th scope="col">${t.received}</th><th scope="col" class="number">${t.length}</th>
            <th scope="col">${t.reason}</th><th scope="col" class="number">${t.score}</th>
            <th scope="col">${t.state}</th>
            <th scope="col"><span class="hidden">${t.report}</span></th>
          </tr></thead>
          <tbody>${list.data.map((one) => html`<${Row} key=${one.id} one=${one} reasons=${reasons} />`)}</tbody>
        </table></div>`}
    ${list.next_cursor && wanted < 200 && html`<div class="more">
      <button class="secondary" onClick=${() => setWanted(wanted + PAGE)}>${t.more}</button></div>`}
  </section>`;
}

const place = document.getElementById("inbox");
render(html`<${Inbox} />`, place);
