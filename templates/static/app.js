// What htmx and the browser do not do by themselves: shortcuts, passing toasts, news, a word when the network is gone.
(() => {
  "use strict";
  const PASSING_MS = 6000;
  const ASK_EVERY_MS = 45000;
  const page = document.documentElement;
  const find = (selector) => document.querySelector(selector);

  // -- shortcuts: c creates, / searches, g then a letter goes, ? explains; Escape is the browser's own --
  const places = { h: "/", t: "/tasks", a: "/accounting", n: "/analytics", p: "/people" };
  let going = 0;

  const typing = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;
  const switchedOff = () => page.dataset.shortcuts === "off";
  const go = (path) => find(`.bar a[href="${path}"]`)?.click();

  function create() {
    const title = find("#create-form [name=title]");
    if (title) title.focus();
    else go("/tasks");
  }

  function pressed(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (typing(event.target) || switchedOff() || find("dialog[open]")) return;
    const second = Date.now() - going < 1200;
    going = event.key === "g" ? Date.now() : 0;
    const act = second && places[event.key] ? () => go(places[event.key]) : keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  const keys = {
    c: create,
    "/": () => find("input[type=search]")?.focus(),
    "?": () => find("#shortcuts")?.showModal(),
  };
  document.addEventListener("keydown", pressed);

  // -- toasts: good news passes, bad news stays until it is read --
  function say(text, bad) {
    const corner = find("#toasts");
    const pattern = find("#toast-pattern");
    if (!corner || !pattern) return;
    const toast = pattern.content.firstElementChild.cloneNode(true);
    toast.querySelector("p").textContent = text;
    toast.classList.toggle("bad", bad);
    corner.replaceChildren(toast);
  }

  const passing = new MutationObserver((changes) => {
    for (const toast of changes.flatMap((change) => [...change.addedNodes]))
      if (toast.dataset && "passing" in toast.dataset) setTimeout(() => toast.remove(), PASSING_MS);
  });
  const corner = find("#toasts");
  if (corner) passing.observe(corner, { childList: true });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-dismiss]")) event.target.closest(".toast").remove();
  });

  // -- a page that the browser kept in memory may be of somebody who signed out since --
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });

  // -- news comes by the stream behind #live; where that does not work, the page asks now and then --
  const live = find("#live");
  let hears = false;
  live?.addEventListener("htmx:sse:after:connection", () => (hears = true));
  live?.addEventListener("htmx:sse:error", () => (hears = false));
  live?.addEventListener("htmx:sse:close", (event) => {
    hears = false;
    if (event.detail.reason === "message") live.remove(); // signed out
  });
  setInterval(() => {
    if (live?.isConnected && !hears && !document.hidden)
      live.dispatchEvent(new CustomEvent("tasks-changed", { bubbles: true }));
  }, ASK_EVERY_MS);

  // whoever has gone on to further rows is told, and keeps them
  window.addEventListener("tasks-changed", (event) => {
    if (event.target === live && find("#more[data-paged]")) event.stopPropagation();
  }, true);

  // -- a request that never arrived: nothing is swapped, so what was typed is still there --
  document.addEventListener("htmx:error", (event) => {
    if (event.detail.ctx && event.detail.ctx.sourceElement !== live) say(page.dataset.unreachable, true);
  });

  // -- a choice in a filter acts at once; without JavaScript there is a button --
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
  });

  // -- what is told once is asked for once: a second press while the answer is under way does nothing --
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-once]")) return;
    if ("sent" in form.dataset) event.preventDefault();
    form.dataset.sent = "";
  });

  // -- a secret is copied by a press --
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copies]");
    if (!button) return;
    await navigator.clipboard.writeText(find(button.dataset.copies).textContent.trim());
    button.textContent = button.dataset.copied;
  });
})();
