// The score sheet without a network. Every mark is first kept on this phone, then sent; what was not sent yet is counted
// in words and sent when the network is back. Nothing here blocks filling in. Without this script the page is a form.
"use strict";
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const PREFIX = "xuke-onsite-";

  const memory = {
    read: (key) => { try { return JSON.parse(localStorage.getItem(key)) || {}; } catch { return {}; } },
    write: (key, value) => {
      try { if (Object.keys(value).length) localStorage.setItem(key, JSON.stringify(value)); else localStorage.removeItem(key); return true; } catch { return false; }
    },
  };
  const keyOf = (what, form) => `xuke-${what}:${form.dataset.case}:${form.dataset.user}`;

  // A closed sheet: nothing is kept on the phone any more, and unsent marks are named, not thrown away in silence.
  const closed = $("[data-onsite-closed]");
  if (closed) {
    const unsent = Object.keys(memory.read(keyOf("marks", closed))).length;
    if (unsent) {
      const note = Object.assign(document.createElement("div"), { className: "xk-note warn" });
      note.append(Object.assign(document.createElement("div"), { textContent: `这部手机上还有${unsent}项评分没有同步，核查已经结束，不会再计入。` }));
      $("#refusal").replaceChildren(note);
    }
    globalThis.caches?.keys().then((names) => names.filter((name) => name.startsWith(PREFIX)).forEach((name) => caches.delete(name)));
    navigator.serviceWorker?.getRegistration(location.pathname).then((worker) => worker?.unregister());
  }

  const form = $("form[data-onsite]");
  if (!form) return;
  const variety = form.dataset.variety, sync = $("#sync"), pendingKey = keyOf("marks", form), seenKey = keyOf("seen", form);
  const items = new Map($$("[data-item]", form).map((card) => [card.dataset.item, card]));
  let pending = memory.read(pendingKey), isSending = false, isOffline = !navigator.onLine, trouble = "", isKept = true, timer = 0;

  // One item: what it says, and how it looks --------------------------------------------------------------------------
  const facts = (card) => ({
    score: $("input[type=radio]:checked", card)?.value ?? "",
    note: $("textarea", card).value.trim(),
  });
  const paint = (card, mark) => {
    $$("input[type=radio]", card).forEach((radio) => { radio.checked = radio.value === (mark.score ?? ""); });
    $("textarea", card).value = mark.note ?? "";
  };
  const show = (card) => {
    const { score, note } = facts(card), counts = score || card.dataset.common, state = $("[data-state]", card);
    state.textContent = counts ? "已评" : "未评";
    state.className = `xk-badge ${counts ? "ok" : "off"}`;
    if (note || (score && Number(score) !== Number(card.dataset.most))) $("[data-facts]", card).open = true;
    $("[data-demand]", card).hidden = Boolean(note) || !["0", "na"].includes(score);
  };

  // The whole sheet ---------------------------------------------------------------------------------------------------
  const number = (value) => String(Math.round(value * 100) / 100);
  const tally = () => {
    let scored = 0, points = 0, most = 0, zeros = 0;
    for (const card of items.values()) {
      const mark = facts(card).score || card.dataset.common;
      if (!mark) continue;
      scored += 1;
      if (mark === "na") continue;
      points += Number(mark); most += Number(card.dataset.most); zeros += Number(mark) === 0;
    }
    const put = (name, text) => { const place = $(`[data-${name}]`); if (place) place.textContent = text; };
    put("scored", scored); put("points", number(points)); put("most", number(most)); put("zeros", zeros);
    put("rate", most ? `${(points / most * 100).toFixed(1)}%` : "—"); put("left", items.size - scored);
    const meter = $("[data-meter] .xk-meter");
    meter.setAttribute("aria-label", `已评${scored}项，共${items.size}项`);
    meter.firstElementChild.style.setProperty("--used", `${scored / items.size * 100}%`);
    $$("[data-tab]").forEach((tab) => {
      const cards = $$(`[data-part="${tab.dataset.tab}"] [data-item]`, form);
      const done = cards.filter((card) => facts(card).score || card.dataset.common).length;
      $("[data-count]", tab).textContent = `${done}/${cards.length}`;
    });
    $("[data-next]").hidden = scored === items.size;
  };

  // What is not sent yet ----------------------------------------------------------------------------------------------
  const tell = () => {
    const count = Object.keys(pending).length;
    $("[data-unsent]").textContent = `${count}项`;
    const [title, text] = trouble ? ["", trouble]
      : !isKept ? ["这部手机不能保存。", `请保持本页打开，${count}项联网后同步。`]
      : isOffline ? ["没有网络，照常填写。", count ? `${count}项已存在本机，联网后自动同步，不会覆盖他人记录。` : "填写的内容会存在本机，联网后自动同步。"]
      : ["", ""];
    sync.hidden = !(title || text);
    $("[data-sync-title]", sync).textContent = title;
    $("[data-sync-text]", sync).textContent = text;
  };
  const keep = () => { isKept = memory.write(pendingKey, pending); };
  const changed = (card) => {
    pending[`${variety}/${card.dataset.item}`] = facts(card);
    keep(); show(card); tally(); tell();
  };

  // Marks of colleagues, and of this phone before it was reloaded, appear wherever nothing of ours waits to be sent.
  const merge = (marks) => {
    for (const [item, card] of items) {
      if (`${variety}/${item}` in pending || card.contains(document.activeElement)) continue;
      paint(card, marks[item] || {});
      show(card);
    }
    tally();
  };
  const saw = (answer) => {
    const seen = memory.read(seenKey);
    seen[answer.variety] = { revision: answer.revision, marks: answer.marks };
    memory.write(seenKey, seen);
    if (answer.variety === variety) merge(answer.marks);
  };

  const send = async (level, sent) => {
    const body = new URLSearchParams({ csrfmiddlewaretoken: $("[name=csrfmiddlewaretoken]", form).value, variety: level });
    for (const [item, mark] of Object.entries(sent)) { body.set(`score-${item}`, mark.score); body.set(`note-${item}`, mark.note); }
    const answer = await fetch(form.dataset.url, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "error" });
    if (answer.ok) return answer.json();
    const said = await answer.json().catch(() => ({}));
    const wait = Object.keys(pending).length;
    throw Object.assign(new Error(), { words: answer.status === 401 || answer.status === 403 && !said.detail
      ? `登录已过期，${wait}项还在本机。请重新登录后回到本页，会自动同步。`
      : `${said.detail || "服务器暂时不能保存。"}${wait}项还在本机。` });
  };
  const flush = async () => {
    if (isSending || !Object.keys(pending).length) return;
    isSending = true;
    try {
      for (const level of new Set(Object.keys(pending).map((place) => place.split("/")[0]))) {
        const sent = {};
        for (const [place, mark] of Object.entries(pending)) if (place.startsWith(`${level}/`)) sent[place.slice(level.length + 1)] = mark;
        const answer = await send(level, sent);
        for (const [item, mark] of Object.entries(sent)) {
          const now = pending[`${level}/${item}`];
          if (now && now.score === mark.score && now.note === mark.note) delete pending[`${level}/${item}`];
        }
        keep(); saw(answer);
        $("[data-last]").textContent = `上次同步 ${new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false })}`;
      }
      isOffline = false; trouble = "";
    } catch (error) {
      if (error.words) trouble = error.words; else isOffline = true;
    } finally {
      isSending = false;
      tell();
      // What was marked while this was on its way goes right after it.
      if (!isOffline && !trouble && Object.keys(pending).length) soon(50);
    }
  };
  const soon = (delay) => { clearTimeout(timer); timer = setTimeout(flush, delay); };

  form.addEventListener("change", (event) => {
    const card = event.target.closest("[data-item]");
    if (card) { changed(card); soon(event.target.matches("[type=radio]") ? 50 : 0); }
  });
  form.addEventListener("input", (event) => {
    const card = event.target.matches("textarea") && event.target.closest("[data-item]");
    if (card) { changed(card); soon(1500); }
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); form.removeAttribute("data-busy"); form.removeAttribute("aria-busy"); flush(); });
  addEventListener("online", () => { isOffline = false; trouble = ""; tell(); flush(); });
  addEventListener("offline", () => { isOffline = true; tell(); });
  addEventListener("pagehide", () => keep());
  document.addEventListener("visibilitychange", () => { if (!document.hidden) flush(); });
  setInterval(flush, 20000);

  // Parts: the same addresses, without the way to the server -----------------------------------------------------------
  const open = (part) => {
    $$("[data-part]", form).forEach((place) => { place.hidden = place.dataset.part !== part; });
    $$("[data-tab]").forEach((tab) => {
      if (tab.dataset.tab === part) { tab.setAttribute("aria-current", "true"); tab.scrollIntoView({ block: "nearest", inline: "center" }); history.replaceState(null, "", tab.href); } else tab.removeAttribute("aria-current");
    });
    $("[name=part]", form).value = part;
  };
  document.addEventListener("click", (event) => {
    const tab = event.target.closest("[data-tab]");
    if (!tab || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    open(tab.dataset.tab);
    scrollTo({ top: 0 });
  });
  $("[data-next]").addEventListener("click", () => {
    const here = $$("[data-item]", form), open_ = (card) => !(facts(card).score || card.dataset.common);
    const from = here.findIndex((card) => !card.closest("[data-part]").hidden);
    const next = [...here.slice(from), ...here.slice(0, from)].find(open_);
    if (!next) return;
    open(next.closest("[data-part]").dataset.part);
    next.scrollIntoView({ block: "center" });
    $("input[type=radio]", next).focus({ preventScroll: true });
  });

  // Within reach without a network: this page and those of the single varieties, for this person only. ------------------
  const settle = async () => {
    if (!("serviceWorker" in navigator) || !globalThis.caches) return;
    await navigator.serviceWorker.register(form.dataset.worker, { scope: location.pathname });
    for (const name of await caches.keys()) if (name.startsWith(PREFIX) && name !== PREFIX + form.dataset.user) await caches.delete(name);
    const cache = await caches.open(PREFIX + form.dataset.user);
    const assets = $$("link[rel=stylesheet], link[rel=icon]").map((link) => link.href).concat($$("script[src]").map((script) => script.src));
    await cache.addAll(assets);
    // Every part has an address, and all of them show one page: one fetch, kept under each of them.
    const parts = $$("[data-tab]").map((tab) => tab.dataset.tab);
    const at = (url, part) => { const place = new URL(url); place.searchParams.set("part", part); return place.href; };
    const alike = new Set([location.href, ...$$("a[data-variety]").map((link) => link.href)].map((url) => at(url, parts[0])));
    for (const url of alike) {
      const answer = await fetch(url, { redirect: "error" });
      if (!answer.ok) continue;
      for (const part of parts) await cache.put(at(url, part), answer.clone());
      if (url === at(location.origin + location.pathname, parts[0])) await cache.put(location.pathname, answer.clone());
    }
  };

  // Start: what this phone knows better than the page it was given ------------------------------------------------------
  const newer = (level) => { const seen = memory.read(seenKey)[level]; return seen?.revision > Number(form.dataset.revision) ? seen.marks : null; };
  const shared = variety ? newer("") : null, own = newer(variety);
  if (shared) items.forEach((card, item) => { card.dataset.common = shared[item]?.score ?? ""; });
  if (own) merge(own);
  for (const [place, mark] of Object.entries(pending)) {
    const [level, item] = place.split("/"), card = items.get(item);
    if (card && level === variety) paint(card, mark); else if (card && level === "") card.dataset.common = mark.score;
  }
  $$("[data-no-js]").forEach((button) => { button.hidden = true; });
  items.forEach(show);
  tally(); tell(); flush();
  settle().catch(() => { /* a private window, or no room: the page itself still works */ });
})();
