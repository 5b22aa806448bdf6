/** Questions from the audience: seen by hosts, put on everybody's screen by them or not. */
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { QuestionTold } from "../api/told";
import { prohibit, screen as screenIcon, screenOff } from "../ui/host-icons";
import { twice, type Desk } from "./desk";

export function questions(desk: Desk): TemplateResult {
  const { words, console: host } = desk;
  const waiting = host.waitingQuestions;
  const shown = host.screen;
  return html`<section class="panel" aria-labelledby="questions-title">
    <h2 id="questions-title">${words.questionsTitle} <span class="figure" data-test="question-count">${desk.speech.count(waiting.length)}</span></h2>
    ${shown ? onScreen(desk, shown) : nothing}
    ${waiting.length === 0
      ? html`<p class="quiet">${words.questionsEmpty}</p>`
      : html`<ul class="rows" role="list">
          ${repeat(waiting, ({ id }) => id, (question) => one(desk, question))}
        </ul>`}
    <label class="check">
      <input
        type="checkbox"
        data-test="questions-open"
        .checked=${host.questions.is_open}
        @change=${() => void host.ask(host.door.openQuestions(!host.questions.is_open))}
      />
      <span>${words.questionsOpen}</span>
    </label>
  </section>`;
}

function onScreen(desk: Desk, question: QuestionTold): TemplateResult {
  const { words, console: host } = desk;
  return html`<div class="on-screen" data-test="on-screen">
    <span class="small">${words.questionOnScreen}</span>
    <blockquote>${question.text}</blockquote>
    <span class="role">${question.name || words.questionNameless}</span>
    <button class="button small" data-test="off-screen" @click=${() => void host.ask(host.door.offScreen())}>
      ${screenOff}${words.questionOff}
    </button>
  </div>`;
}

function one(desk: Desk, question: QuestionTold): TemplateResult {
  const { words, console: host } = desk;
  return html`<li class="question" data-test="question">
    <p>${question.text}</p>
    <span class="role">${question.name || words.questionNameless}</span>
    <div class="row answers">
      <button class="button small" data-test="to-screen" @click=${() => void host.ask(host.door.toScreen(question.id))}>
        ${screenIcon}${words.questionShow}
      </button>
      <button class="button small quiet" data-test="put-away" @click=${() => void host.ask(host.door.putAway(question.id))}>
        ${words.questionAway}
      </button>
      ${twice(desk, {
        key: `ban-author-${question.id}`,
        test: "ban-author",
        label: prohibit,
        name: words.questionBan,
        look: "small bare",
        ask: words.questionBanAsk,
        yes: words.questionBanYes,
        act: () => void host.ask(host.door.banAuthor(question.id)),
      })}
    </div>
  </li>`;
}
