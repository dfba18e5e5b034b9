/* What is better live; every page works without it. */
"use strict";

// A page that waits for the service is loaded again once the record has changed.
const waiting = document.querySelector("[data-progress]");
if (waiting) {
  let pause = 800;
  const ask = async () => {
    try {
      const answer = await fetch(waiting.dataset.progress, { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const { version } = await answer.json();
      if (String(version) !== waiting.dataset.version && mayReload()) {
        location.reload();
        return;
      }
    } catch {
      // The network is gone for a moment: ask again later.
    }
    pause = Math.min(pause * 1.3, 10000);
    setTimeout(ask, pause);
  };
  setTimeout(ask, pause);
}

// To load a page again calls back whoever has just followed a link of it.
let isLeaving = false;
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (link && !link.target && link.pathname !== location.pathname) isLeaving = true;
});
document.addEventListener("submit", () => {
  isLeaving = true;
});

function mayReload() {
  return !isLeaving && !isTyping();
}

function isTyping(place = document.querySelector("main")) {
  const fields = place.querySelectorAll("textarea, input:not([type=hidden])");
  return [...fields].some((each) =>
    each.type === "checkbox" || each.type === "radio"
      ? each.checked !== each.defaultChecked
      : each.value !== each.defaultValue,
  );
}

const reloading = document.querySelector("[data-reload]");
if (reloading) {
  setTimeout(() => {
    if (mayReload()) location.reload();
  }, Number(reloading.dataset.reload));
}

// What was done is told once: a page that is loaded again does not tell it again.
const here = new URL(location.href);
if (here.searchParams.has("said")) {
  here.searchParams.delete("said");
  history.replaceState(null, "", here);
}

// A choice that a list is ordered by holds at once.
for (const each of document.querySelectorAll("select[data-submit]")) {
  each.addEventListener("change", () => each.form.requestSubmit());
}

for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  field.addEventListener("focus", () => field.select());
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(field.value);
    button.textContent = "Copied";
  });
}

// A file can be dropped anywhere on its field.
for (const place of document.querySelectorAll("[data-drop]")) {
  const input = place.querySelector("input[type=file]");
  place.addEventListener("dragover", (event) => event.preventDefault());
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) input.files = event.dataTransfer.files;
  });
}

// A menu closes with Escape, and when one clicks elsewhere.
for (const menu of document.querySelectorAll("details.menu")) {
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}

// A scorecard is saved as one types; the button still hands it in.
const card = document.querySelector("form[data-autosave]");
if (card) {
  const told = card.querySelector("[data-autosaved]");
  let timer = null;
  let saving = Promise.resolve();
  let left = false;
  let isUnsaved = false;
  const draft = () => {
    const fields = new FormData(card);
    if (fields.get("ownName") || fields.get("ownRating")) {
      fields.delete("ownName"); // it becomes a line of its own with the button
      fields.delete("ownRating");
    }
    fields.set("live", "on");
    fields.set("do", "draft");
    return { method: "POST", body: fields, redirect: "error" };
  };
  const save = async () => {
    timer = null;
    isUnsaved = false;
    try {
      const answer = await fetch(card.action, draft());
      const kept = await answer.json();
      if (answer.ok) {
        card.elements.seen.value = kept.seen;
        told.textContent = "Saved as a draft";
      } else {
        isUnsaved = true;
        told.textContent = kept.problem;
      }
    } catch {
      isUnsaved = true;
      told.textContent = "Not saved: the service is unreachable. It is tried again as you type.";
    }
  };
  card.addEventListener("input", () => {
    told.textContent = "";
    isUnsaved = true;
    clearTimeout(timer);
    timer = setTimeout(() => {
      saving = saving.then(() => (left ? null : save()));
    }, 700);
  });
  document.addEventListener(
    "submit",
    (event) => {
      // What is being saved ends first, so that the version that the card names is the present one;
      // what was typed since is saved before another form of the page leads away.
      if (left) return;
      event.preventDefault();
      event.stopPropagation();
      left = true;
      clearTimeout(timer);
      const form = event.target;
      if (form !== card && isUnsaved) saving = saving.then(save);
      // Not before this event is over: until then a form cannot be sent again.
      saving.then(() => setTimeout(() => form.requestSubmit(event.submitter)));
    },
    true,
  );
  // A link leads away at once: the last words are sent behind.
  addEventListener("pagehide", () => {
    if (isUnsaved && !left) fetch(card.action, { ...draft(), keepalive: true });
  });
}

// A plan is arranged without the page being loaded again.
const arranged = document.querySelector("form[data-arranged]");
if (arranged) {
  arranged.addEventListener("submit", async (event) => {
    const button = event.submitter;
    if (!button || button.value === "save") return;
    event.preventDefault();
    const body = new URLSearchParams(new FormData(arranged, button));
    try {
      const answer = await fetch(location.pathname, { method: "POST", body });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const form = page.querySelector("form[data-arranged]");
      if (!form) throw new Error("not the form");
      arranged.replaceChildren(...form.childNodes);
    } catch {
      delete arranged.dataset.guarded;
      arranged.submit(); // the browser shows what is wrong; what was typed goes with it
      return;
    }
    const place = document.getElementById(button.getAttribute("formaction").slice(1));
    place?.scrollIntoView({ block: "nearest" });
    place?.querySelector("input, textarea")?.focus();
  });
  arranged.addEventListener("input", () => {
    const minutes = [...arranged.querySelectorAll("input[name$=-minutes]")];
    const told = arranged.querySelector("[data-minutes]");
    told.textContent = minutes.reduce((sum, each) => sum + (Number(each.value) || 0), 0);
  });
}

// What was typed into a form that takes work is not left behind unasked.
const guarded = document.querySelector("form[data-guarded]");
if (guarded) {
  let isSent = false;
  let isArranged = false;
  guarded.addEventListener("submit", (event) => {
    isSent = !event.defaultPrevented;
    isArranged ||= event.defaultPrevented;
  });
  addEventListener("beforeunload", (event) => {
    const isAsked = "guarded" in guarded.dataset && !isSent;
    if (isAsked && (isArranged || isTyping(guarded))) event.preventDefault();
  });
}
