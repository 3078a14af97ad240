// Emerging topics, in the customers' own words.
import { day, fill, html, number, t } from "../kit.js";
import { conversation } from "./address.js";
import {
  LeadToIds, LeftOut, Made, NotMade, Part, Spark, useReport, useShort, Waiting, words,
} from "./pieces.js";

const LOOKS = { new: "accent", growing: "warn", steady: "", quiet: "" };

function Topic({ topic }) {
  const name = words(topic.label);
  const grown = topic.ratio !== null && topic.recent_days !== null && topic.trend === "growing";
  return html`<li class="topic">
    <div class="row apart">
      <h3>${name}</h3>
      <span class=${`chip ${LOOKS[topic.trend]}`}>${t[`trend_${topic.trend}`]}</span>
    </div>
    <p class="row"><${LeadToIds} className="lead large" ids=${topic.conversation_ids}
        n=${topic.n} what=${name} />
      <span class="small">${t.conversations.toLowerCase()}
        ${grown && html` · ${fill(t.times, { ratio: number(topic.ratio), days: topic.recent_days })}`}
        ${!grown && topic.recent !== null && html` · ${
          fill(t.recent_n, { n: topic.recent, days: topic.recent_days })}`}
        ${topic.reason && html` · ${fill(t.within, { what: words(topic.reason_label, topic.reason) })}`}
      </span>
      ${topic.periods.length > 1 && html`<${Spark} counts=${topic.periods.map((one) => one.n)}
        label=${`${name}${t.colon} ${topic.periods.map((one) => one.n).join(", ")}`} />`}</p>
    ${topic.quotes.slice(0, 2).map((quote) => html`<blockquote key=${quote.conversation_id}>
      <a href=${conversation(quote.conversation_id, quote.turn_index)}
        title=${t.read_quote}>${quote.text}</a>
      ${quote.at && html`<footer class="small">${day(quote.at)}</footer>`}</blockquote>`)}
  </li>`;
}

export function Topics({ filters }) {
  const asked = useReport("topics", filters);
  const report = asked.value;
  const [shown, button] = useShort(report?.value?.topics ?? [], 6);
  return html`<${Part} id="topics" table="topics" filters=${filters} note=${t.topics_note}
      tools=${report && html`<${Made} report=${report} kind="topics" again=${asked.again} filters=${filters} />`}>
    <${Waiting} asked=${asked} /><${LeftOut} n=${report?.value?.left_out} />
    ${report && html`<${NotMade} report=${report}
      empty=${report.value && !report.value.topics.length && "topics_empty"} />`}
    <ul class="cards">${shown.map((one) => html`<${Topic} key=${one.id} topic=${one} />`)}</ul>
    ${button}
  <//>`;
}
