// What customers ask and the base does not answer well; each with the draft of an article.
import { counted, Dialog, fill, given, html, number, root, t, useState } from "../kit.js";
import { conversation } from "./address.js";
import {
  LeadToIds, LeftOut, Made, NotMade, Part, Scroll, span, useReport, useShort, Waiting,
} from "./pieces.js";

const draftOf = (gap, filters) =>
  `${root}/admin/knowledge?${new URLSearchParams({ ...filters, draft: gap.id })}`;

function Draft({ gap, filters, close }) {
  return html`<${Dialog} title=${gap.title} close=${close} wide>
    <p class="small">${t.draft_of} · ${counted("asked_n", gap.questions)}
      ${gap.nearest && html` · ${fill(t.nearest, { title: gap.nearest })}`}</p>
    ${gap.draft && html`<pre class="words draft" lang=${gap.language}>${gap.draft}</pre>`}
    <ul class="wordings">${gap.wordings.map((one) => html`<li key=${one.conversation_id}>
      <a href=${conversation(one.conversation_id, one.turn_index)}>${one.text}</a></li>`)}</ul>
    ${given.may.knowledge && gap.draft && html`<p><a role="button"
      href=${draftOf(gap, filters)}>${t.open_draft}</a></p>`}
  <//>`;
}

export function Gaps({ filters }) {
  const asked = useReport("gaps", filters);
  const [draft, setDraft] = useState(null);
  const report = asked.value;
  const [shown, button] = useShort(report?.value?.gaps ?? [], 8);
  return html`<${Part} id="gaps" table="gaps" filters=${filters} note=${t.gaps_note}
      tools=${report && html`<${Made} report=${report} kind="gaps" again=${asked.again} filters=${filters} />`}>
    <${Waiting} asked=${asked} /><${LeftOut} n=${report?.value?.left_out} />
    ${report && html`<${NotMade} report=${report}
      empty=${report.value && !report.value.gaps.length && "gaps_empty"} />`}
    ${shown.length > 0 && html`<${Scroll} what=${t.gaps}>
      <table class="table" data-table="gaps">
      <thead><tr><th scope="col">${t.what}</th>
        <th scope="col" class="number">${t.conversations}</th>
        <th scope="col" class="number">${t.handling}</th><th scope="col">${t.why}</th>
        <th scope="col"><span class="hidden">${t.draft_of}</span></th></tr></thead>
      <tbody>${shown.map((gap) => html`<tr key=${gap.id}>
        <th scope="row" lang=${gap.language}>${gap.title}
          ${gap.growing !== null && html` <span class="chip warn">× ${number(gap.growing)}</span>`}</th>
        <td class="number"><${LeadToIds} ids=${gap.conversation_ids} n=${gap.n}
          what=${gap.title} /></td>
        <td class="number">${span(gap.handling_s)}</td>
        <td>${t[`why_${gap.why}`]}${gap.contradicted && html`<div class="small">${
          t.contradicted}</div>`}</td>
        <td class="acts"><div class="row"><button class="quiet" aria-label=${`${t.show_draft} : ${gap.title}`}
          onClick=${() => setDraft(gap)}>${gap.draft ? t.show_draft : t.quote}</button>
          ${given.may.knowledge && gap.draft && html`<a
            href=${draftOf(gap, filters)}
            aria-label=${`${t.open_draft} : ${gap.title}`}>${t.open_draft}</a>`}</div></td>
      </tr>`)}</tbody></table><//>${button}`}
    ${draft && html`<${Draft} gap=${draft} filters=${filters} close=${() => setDraft(null)} />`}
  <//>`;
}
