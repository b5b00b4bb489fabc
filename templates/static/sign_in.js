// The sign-in page without waiting: show what is typed, say each slider's word, name the account for password managers.
(() => {
  "use strict";
  const STEPS = 32;

  for (const button of document.querySelectorAll("[data-shows]")) {
    const field = document.querySelector(button.dataset.shows);
    const words = { password: button.textContent, text: button.dataset.hide };
    button.hidden = false;
    button.addEventListener("click", () => {
      field.type = field.type === "password" ? "text" : "password";
      button.textContent = words[field.type];
    });
    field.form.addEventListener("submit", () => {
      field.type = "password";
      field.form.elements.username.value = plumage(field.value);
    });
  }

  // The public part of the beak, as beaks/shape.py reads it: enough to tell two saved popugs apart.
  function plumage(text) {
    const letters = text.toUpperCase().replace(/[^0-9A-Z]/g, "").replaceAll("O", "0").replace(/[IL]/g, "1");
    return (letters.length === 21 ? letters.slice(4) : letters).slice(0, 4);
  }

  document.addEventListener("input", ({ target }) => {
    const words = target.dataset.words?.split("|");
    if (!words) return;
    const word = words[Math.floor((target.value * words.length) / STEPS)];
    target.setAttribute("aria-valuetext", word);
    target.parentElement.querySelector(".word").textContent = word;
  });

  for (const button of document.querySelectorAll("[data-without-script]")) button.hidden = true;

  for (const button of document.querySelectorAll("[data-prints]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }

  // An answer on its way back to a product, in a form (response_mode=form_post).
  document.querySelector("form[data-sends-itself]")?.submit();
})();
