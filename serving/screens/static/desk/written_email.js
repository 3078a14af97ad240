// One e-mail: its messages, a draft from the articles, the reply. The service sends none itself.
import { Problem, ask, html, moment, root, say, t, useEffect, useRef, useState } from "../kit.js";
import { useUnsent } from "../unsent.js";
import { Draft, useDraft } from "./written_draft.js";
import { Side } from "./written_side.js";

const BLANK = { subject: "", text: "", sources: [], version: 0 };

function Messages({ of }) {
  return html`<div class="said" role="region" aria-label=${t.w_email_messages} tabindex="0"><ol>
    ${of.messages.map((one) => html`<li class=${one.speaker}>
      <p class="small">${t[`speaker_${one.speaker}`]} · ${moment(one.at)}</p>
      <div class="words">${one.text}</div></li>`)}</ol></div>`;
}

export function Email({ id, name, acts, done, again }) {
  const [of, setOf] = useState(null);
  const [reply, setReply] = useUnsent(id, BLANK);
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const field = useRef(null);
  const path = `/v1/written/emails/${encodeURIComponent(id)}`;
  const draft = useDraft(`${path}/draft`);
  const mine = of?.email.mine;

  const show = (next) => {
    setOf(next);
    const asked = next.email.subject ?? "";
    const subject = /^re\s*:/i.test(asked) ? asked : `Re: ${asked}`;
    const kept = next.reply;
    // What was typed since the version that is kept goes before it.
    const isNewer = (now) => Boolean(now.text) && now.version === (kept?.version ?? 0);
    setReply((now) => (isNewer(now) ? now : {
      subject: kept?.subject ?? (now.subject || subject), text: kept?.text ?? now.text,
      sources: kept?.sources ?? now.sources, version: kept?.version ?? 0,
    }));
  };
  useEffect(() => {
    ask(path).then(show, setProblem);
  }, [path]);
  const run = async (work) => {
    setBusy(true);
    setProblem(null);
    try {
      return await work();
    } catch (refused) {
      setProblem(refused);
      if (refused.problem?.status === 409) again();
      return null;
    } finally {
      setBusy(false);
    }
  };
  const begin = () => run(async () => {
    show(await ask(`${path}/take`, { method: "POST" }));
    again();
    draft.propose();
  });
  const keep = (sent) => run(async () => {
    const kept = await ask(`${path}/reply`, { method: "PUT", body: { ...reply, sent } });
    setReply((now) => ({ ...now, version: kept.version }));
    return kept;
  });
  const save = async () => {
    if (await keep(false)) say(t.w_saved);
  };
  const finish = async () => {
    if (!(await keep(true))) return;
    say(t.w_sent);
    setReply(BLANK);
    done();
  };
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(reply.text);
      say(t.w_copied);
    } catch {
      say(t.w_not_copied, "bad");
    }
  };
  const toFile = async () => {
    if (await keep(false)) location.assign(`${root}${path}/reply.eml`);
  };
  const release = () => run(async () => {
    await ask(`${path}/release`, { method: "POST" });
    setReply(BLANK);
    done();
  });
  const insert = (words, from) => {
    // A whole letter takes the place of an empty one; its closing bears the agent's name.
    const signed = name.trim()
      ? words.replace(/^(Cordialement,|Kind regards,)$/m, `$1\n${name.trim()}`) : words;
    setReply((now) => ({
      ...now, text: [now.text.trim(), signed].filter(Boolean).join("\n\n"),
      sources: [...now.sources, ...from.filter((one) =>
        !now.sources.some((other) => other.href === one.href))],
    }));
    draft.forget();
    field.current?.focus();
  };
  acts.current = {
    take: () => of && !mine && !of.taken_by_other && !busy && begin(),
    reply: () => field.current?.focus(),
    draft: () => mine && draft.propose(),
  };
  if (!of) return html`<section class="box empty">${problem
    ? html`<${Problem} of=${problem} />` : html`<p class="nothing">${t.loading}</p>`}</section>`;

  const written = (name_) => (event) => {
    const { value } = event.currentTarget;
    setReply((now) => ({ ...now, [name_]: value }));
  };
  return html`<section class="box open mail" aria-label=${of.email.subject ?? t.w_no_subject}>
    <header class="row apart">
      <div><h2>${of.email.subject ?? t.w_no_subject}</h2>
        <p class="small">${of.email.customer_key ?? t.w_unknown} · ${moment(of.email.at)}</p></div>
      <div class="row">
        ${!mine && !of.taken_by_other && html`<button disabled=${busy} onClick=${begin}>${
          t.w_take} <kbd aria-hidden="true">t</kbd></button>`}
        ${mine && html`<button class="quiet" disabled=${busy} onClick=${release}>${
          t.w_release}</button>`}
      </div>
    </header>
    ${of.taken_by_other && html`<p class="notice" role="status">${t.w_taken_by_other}</p>`}
    <${Problem} of=${problem} />
    <${Messages} of=${of} />
    ${mine && html`<${Draft} of=${draft} insert=${insert} forget=${draft.forget}
        again=${draft.propose} />
      <form class="composer email" onSubmit=${(event) => event.preventDefault()}>
        <label class="field">${t.w_subject}<input maxlength="255" value=${reply.subject}
          onInput=${written("subject")} /></label>
        <label class="field" for="w-email">${t.w_email_reply}</label>
        <textarea id="w-email" rows="12" maxlength="50000" value=${reply.text} ref=${field}
          onInput=${written("text")}></textarea>
        ${reply.sources.length > 0 && html`<ul class="sources" aria-label=${t.w_sources}>
          ${reply.sources.map((one) => html`<li class="chip accent"><a href=${one.href}
            target="_blank" rel="noopener">${one.title}</a></li>`)}</ul>`}
        <div class="row">
          <button type="button" class="secondary" disabled=${draft.busy}
            onClick=${draft.propose}>${t.w_draft} <kbd aria-hidden="true">d</kbd></button>
          <button type="button" class="quiet" disabled=${busy} onClick=${save}>${t.w_save}</button>
          <button type="button" class="quiet" disabled=${!reply.text.trim()} onClick=${copy}>${
            t.w_copy}</button>
          <button type="button" class="quiet" disabled=${busy || !reply.text.trim()}
            onClick=${toFile}>${t.w_eml}</button>
          <button type="button" class="last" disabled=${busy || !reply.text.trim()}
            onClick=${finish}>${t.w_mark_sent}</button></div>
        <p class="small">${t.w_no_smtp}</p>
      </form>`}
  </section>
  <${Side} customer=${of.email.customer_key} except=${id} mine=${mine}
    insert=${mine ? insert : null} />`;
}
