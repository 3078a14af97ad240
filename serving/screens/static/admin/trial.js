// What the bot would answer with an article, beside what it answers today.
import { Problem, ask, fill, html, percent, t, useState } from "../kit.js";
import { fileOf, pathOf } from "./article.js";

function Said({ title, of: tried, path }) {
  const { answer, decline } = tried;
  const source = answer.citation;
  return html`<section class="box said"><h3>${title}</h3>
    ${answer.outcome === "answered" && html`<p class="words">${answer.text}</p>
      <p class="small">${source.document === path ? html`<strong>${t.from_this}</strong>`
        : fill(t.from, { title: source.title })} · ${
        fill(t.sureness, { n: percent(answer.confidence) })}</p>
      ${answer.disagreement && html`<p class="notice">${
        fill(t.disagrees, { title: answer.other[0].title })}</p>`}`}
    ${answer.outcome === "clarify" && html`<p><strong>${t.asks_back}</strong><br />
      ${answer.clarification.question}</p>
      <ul>${answer.clarification.choices.map((one) => html`<li>${one.label}</li>`)}</ul>`}
    ${answer.outcome === "declined" && html`<p><strong>${t.declined}</strong><br />
      <span class="small">${t[decline.kind]}</span></p>`}
  </section>`;
}

const same = ({ before, after }) => before.answer.outcome === after.answer.outcome
  && before.answer.text === after.answer.text
  && before.answer.citation?.document === after.answer.citation?.document;

/** A question, and both answers. */
export function Trial({ article }) {
  const [question, setQuestion] = useState("");
  const [reader, setReader] = useState("customer");
  const [tried, setTried] = useState(null);
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const path = article.path || pathOf(article.title) || "articles/essai.md";
  const run = async (event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      setTried(await ask("/v1/knowledge/trial", {
        method: "POST", body: { question, path, content: fileOf(article), reader },
      }));
    } catch (refused) {
      setTried(null);
      setProblem(refused);
    }
    setBusy(false);
  };
  return html`<section class="trial" aria-label=${t.trial}>
    <h3>${t.trial}</h3><p class="small">${t.trial_hint}</p>
    <form class="line" onSubmit=${run}>
      <label class="field grow">${t.question}<input value=${question} required maxlength="2000"
        onInput=${(event) => setQuestion(event.currentTarget.value)} /></label>
      <label class="field">${t.reader}<select value=${reader}
        onChange=${(event) => setReader(event.currentTarget.value)}>
        <option value="customer">${t.reader_customer}</option>
        <option value="agent">${t.reader_agent}</option></select></label>
      <button disabled=${busy || !question.trim()} aria-busy=${busy ? "true" : undefined}>
        ${t.try}</button>
    </form>
    ${reader === "customer" && article.audience !== "public"
      && html`<p class="notice">${t.internal_note}</p>`}
    <${Problem} of=${problem} />
    <div aria-live="polite">${tried && html`
      ${same(tried) && html`<p class="small">${t.same_answer}</p>`}
      <div class="both"><${Said} title=${t.before} of=${tried.before} path=${path} />
        <${Said} title=${t.after} of=${tried.after} path=${path} /></div>`}</div>
  </section>`;
}
