// The four answers to a question: their words, keys and colours.
import { given, t } from "../kit.js";

export const ANSWERS = [
  { answer: 1, key: "1", word: t.conform, kind: "good", sign: "✓" },
  { answer: 0.5, key: "2", word: t.partly, kind: "warn", sign: "½" },
  { answer: 0, key: "3", word: t.not_conform, kind: "bad", sign: "✕" },
  { answer: "na", key: "0", word: t.not_applicable, kind: "none", sign: "–" },
];

export const answerOf = (answer) => ANSWERS.find((one) => one.answer === answer) ?? null;

export const QUESTIONS = given.card.sections.flatMap((section) => section.questions);

/** What the machine proposes for a question; null where it says nothing, or may not. */
export const proposalFor = (item) => {
  const found = given.draft?.items[item] ?? null;
  return found && found.answer !== null ? found : null;
};

/** Whether a proposal counts until a person says otherwise: people and machine agree enough. */
export const isPrefilled = (item) =>
  given.records[item]?.gate === "auto" && proposalFor(item) !== null;
