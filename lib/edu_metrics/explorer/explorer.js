// Ask for the page of what is chosen and assumed, and put what has changed in place of what was.
// Without this script the two forms do the same with a button.
"use strict";

const PAUSE = 150;  // between a movement and its question [milliseconds]
const PARTS = ["languages", "assumes", "gap", "verdicts", "facts", "figure"];
let timer, question;

document.addEventListener("input", event => {
  const control = event.target, form = control.form;
  if (!form || !control.validity.valid) return;
  if (control.type === "range") control.form.querySelector(`output[for="${control.id}"]`).value = control.value;
  if (control.id === "pace") form.course.value = "own_pace";
  if (control.id.startsWith("lever.")) form.course.value = "levers";
  clearTimeout(timer);
  timer = setTimeout(ask, PAUSE, form, control.id);
});
document.addEventListener("submit", event => { event.preventDefault(); ask(event.target, ""); });

async function ask(form, moved) {
  const fields = [...new FormData(form)].filter(([, value]) => value !== "");
  const address = "/?" + new URLSearchParams(fields);
  question?.abort();
  question = new AbortController();
  document.body.setAttribute("aria-busy", "true");
  try {
    const brief = form.id === "assume" ? "&brief" : "";
    const reply = await fetch(address + brief, {signal: question.signal});
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    if (!reply.ok) return fail(page.body.textContent || unanswered());
    history.replaceState(null, "", address);
    if (!brief) replace(page, moved);
    else if (page.getElementById("assume")) refresh(page, moved);
    else return location.reload();
    fail("");
  } catch (error) {
    if (error.name !== "AbortError") fail(unanswered());
  }
}

// The control that is being moved stays as it is: it may be moving still.
function refresh(page, moved) {
  const open = opened();
  for (const id of PARTS) document.getElementById(id).replaceChildren(...page.getElementById(id).childNodes);
  for (const fresh of page.forms.assume.elements) {
    const control = fresh.id && document.getElementById(fresh.id);
    if (!control || fresh.id === moved) continue;
    const value = fresh.value;  // of options that are moved another one may come to be chosen
    if (control.tagName === "SELECT") control.replaceChildren(...fresh.childNodes);
    control.value = value;
    if (control.type === "range") control.form.querySelector(`output[for="${control.id}"]`).value = value;
  }
  reopen(open);
}

function replace(page, moved) {
  const open = opened();
  document.documentElement.lang = page.documentElement.lang;
  document.title = page.title;
  document.querySelector("main").replaceWith(page.querySelector("main"));
  reopen(open);
  document.getElementById(moved)?.focus();
}

const opened = () => [...document.querySelectorAll("details[open]")].map(one => one.id);
const reopen = ids => ids.forEach(id => document.getElementById(id)?.setAttribute("open", ""));

const unanswered = () => document.getElementById("failed").dataset.say;

function fail(text) {
  const told = document.getElementById("failed");
  told.textContent = text;
  told.hidden = !text;
  document.body.removeAttribute("aria-busy");
}
