// The little that is nicer with a script. Every page works without it. No dependencies; htmx is present but not needed.
"use strict";
(() => {
  const $ = (selector, root = document) => root.matches?.(selector) ? root : root.querySelector(selector);
  const $$ = (selector, root = document) => [...(root.matches?.(selector) ? [root] : []), ...root.querySelectorAll(selector)];
  const settings = { get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
                     set: (key, value) => { try { localStorage.setItem(key, value); } catch { /* private window */ } } };

  // What is only offered to people whose browser can do it.
  const reveal = (root) => $$("[data-js][hidden]", root).forEach((element) => { element.hidden = false; });

  // The error summary, or the answer to a fragment, is read first.
  const readFirst = (element) => { if (element?.isConnected) { element.focus({ preventScroll: true }); element.scrollIntoView({ block: "center" }); } };

  // Long side lists start folded on a phone.
  const fold = (root) => { if (matchMedia("(max-width: 62rem)").matches) $$("details.xk-fold", root).forEach((list) => { list.open = false; }); };

  // A strip that scrolls, the navigation of a phone, starts with the present place in sight.
  const scrollStrips = () => $$("nav").forEach((strip) => {
    const here = $("[aria-current]", strip);
    if (here && strip.scrollWidth > strip.clientWidth) strip.scrollLeft += here.getBoundingClientRect().left - strip.getBoundingClientRect().left - (strip.clientWidth - here.offsetWidth) / 2;
  });

  // A number that was shown hides again after a minute.
  const hideLater = (root) => $$("[data-masked]", root).forEach((mask) => setTimeout(() => {
    const shown = $(".xk-num", mask);
    if (shown) { shown.removeAttribute("role"); shown.textContent = mask.dataset.masked; }
    mask.removeAttribute("data-masked");
  }, 60000));

  // 依据: one open at a time, Escape closes.
  document.addEventListener("toggle", (event) => {
    if (event.target.matches?.("details.xk-law[open]")) $$("details.xk-law[open]").forEach((law) => { if (law !== event.target) law.open = false; });
  }, true);

  // Files over the limit are told before they are sent.
  const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
  const tooLarge = (input) => {
    const limit = Number(input.dataset.max), file = [...input.files].find((each) => each.size > limit);
    let note = input.parentElement.querySelector("[data-size-note]");
    if (!file) { note?.remove(); input.removeAttribute("aria-invalid"); return false; }
    if (!note) {
      note = Object.assign(document.createElement("p"), { className: "xk-err" });
      note.setAttribute("role", "alert"); note.dataset.sizeNote = "";
      input.after(note);
    }
    note.textContent = `${file.name} 有${megabytes(file.size)}，最多${megabytes(limit)}，没有上传。请压缩或者拆分后重新选择。`;
    input.setAttribute("aria-invalid", "true");
    return true;
  };
  document.addEventListener("change", (event) => { if (event.target.matches("input[type=file][data-max]")) tooLarge(event.target); });

  // A second click on the same button sends nothing. The commands are idempotent anyway; this spares the wait.
  const busy = (form, is) => {
    form.toggleAttribute("data-busy", is);
    if (is) form.setAttribute("aria-busy", "true"); else form.removeAttribute("aria-busy");
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "dialog") return;
    const over = $$("input[type=file][data-max]", form).find(tooLarge);
    if (over || form.hasAttribute("data-busy")) { event.preventDefault(); event.stopImmediatePropagation(); over?.focus(); return; }
    if (form.method !== "post") return;
    busy(form, true);
    setTimeout(() => busy(form, false), 15000); // A download leaves the page where it is.
  }, true);
  addEventListener("pageshow", (event) => { if (event.persisted) $$("form[data-busy]").forEach((form) => busy(form, false)); });

  // After 退出, going back must not show the page once more. The server has the browser forget what it stored; the page
  // itself, which the browser may keep as it stands, empties itself and asks anew. The next page drops what was kept for
  // work without a network; this one has no time left for it.
  let left = false;
  addEventListener("pagehide", () => {
    left = $$("form[data-leave][data-busy]").length > 0;
    if (!left) return;
    document.body.hidden = true;
    settings.set("xuke-left", "1");
  });
  if (settings.get("xuke-left") && !$("[data-leave]")) {
    settings.set("xuke-left", "");
    globalThis.caches?.keys().then((names) => names.forEach((name) => caches.delete(name)));
  }
  addEventListener("pageshow", (event) => { if (event.persisted && left) location.reload(); });
  document.addEventListener("click", (event) => { if (event.target.closest("[aria-disabled=true]")) event.preventDefault(); });

  // Autosave: <form data-autosave="#saved" hx-post=… hx-trigger=…>. When it cannot be saved, the note says so in words.
  const noteOf = (element) => { const form = element?.closest?.("[data-autosave]"); return form && $(form.dataset.autosave || "#saved"); };
  const say = (note, words) => { note.textContent = words; note.classList.remove("xk-jade"); note.classList.add("xk-ochre"); };
  document.addEventListener("htmx:beforeSwap", (event) => {
    const note = noteOf(event.detail.requestConfig.elt), status = event.detail.xhr.status;
    if (!note || status < 400 || status === 422) return;
    event.detail.shouldSwap = false;
    say(note, status === 401 || status === 403 ? "登录已过期，刚才的修改还没有保存。请继续填写并提交，会请您重新登录，填写的内容都在。" : "刚才的修改还没有保存，下次修改时会再试。");
  });
  document.addEventListener("htmx:sendError", (event) => {
    const note = noteOf(event.detail.requestConfig.elt);
    if (note) { say(note, "网络断开，刚才的修改还没有保存；恢复后会自动保存。"); return; }
    const place = $("#refusal");
    if (!place) return;
    const box = Object.assign(document.createElement("div"), { className: "xk-note warn" });
    box.append(Object.assign(document.createElement("div"), { textContent: "网络断开，没有提交。填写的内容都在本页，恢复后请再试一次。" }));
    place.replaceChildren(box);
    readFirst(place);
  });
  addEventListener("online", () => $$("form[data-autosave]").forEach((form) => form.dispatchEvent(new Event("change", { bubbles: true }))));

  // HTMX: what came in gets the same care as what was there.
  document.addEventListener("htmx:afterSwap", (event) => {
    const fresh = event.target;
    reveal(fresh); fold(fresh); hideLater(fresh);
    readFirst(fresh.closest("#refusal") || $("#errors", fresh));
  });
  document.addEventListener("htmx:afterRequest", (event) => { const form = event.detail.elt?.closest?.("form"); if (form) busy(form, false); });

  // Keys: / search, J K Enter X in lists marked data-keys, G and a letter to go, ? for help. They can be switched off.
  let going = 0;
  const rows = () => $$("[data-keys] tbody tr").filter((row) => $("a[href]", row) && !row.classList.contains("g"));
  const move = (step) => {
    const all = rows(), at = all.findIndex((row) => row.classList.contains("sel"));
    const next = all[Math.min(all.length - 1, Math.max(0, at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step))];
    if (!next) return;
    all[at]?.classList.remove("sel");
    next.classList.add("sel");
    $("a[href]", next).focus();
    next.scrollIntoView({ block: "nearest" });
  };
  const actions = {
    "/": () => { const field = $("[data-search]"); field?.focus(); field?.select(); return field; },
    "?": () => { const help = $("#keys"); help?.showModal(); return help; },
    j: () => { move(1); return rows().length; },
    k: () => { move(-1); return rows().length; },
    x: () => { const box = $("[data-keys] tr.sel input[type=checkbox]"); box?.click(); return box; },
    g: () => { going = performance.now(); return true; },
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") $$("details.xk-law[open]").forEach((law) => { law.open = false; $("summary", law).focus(); });
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input, select, textarea, [contenteditable], dialog") || settings.get("xk-keys") === "off") return;
    const key = event.key.toLowerCase(), place = performance.now() - going < 1200 && $(`[data-go="${CSS.escape(key)}"]`);
    if (place) { going = 0; event.preventDefault(); place.click(); return; }
    if (actions[key]?.()) event.preventDefault();
  });
  document.addEventListener("click", (event) => { if (event.target.closest("[data-help]")) $("#keys")?.showModal(); });
  document.addEventListener("change", (event) => { if (event.target.matches("[data-single-keys]")) settings.set("xk-keys", event.target.checked ? "on" : "off"); });

  reveal(document); fold(document); scrollStrips(); hideLater(document); readFirst($("#errors"));
  $$("[data-single-keys]").forEach((box) => { box.checked = settings.get("xk-keys") !== "off"; });
})();
