// Passkeys: asks the server what to ask the device, puts the device's answer into the form, and sends the form as usual.
"use strict";
(() => {
  const fromText = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));
  const toText = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  const readable = (options) => {
    options.challenge = fromText(options.challenge);
    if (options.user) options.user.id = fromText(options.user.id);
    for (const list of [options.allowCredentials, options.excludeCredentials]) list?.forEach((each) => { each.id = fromText(each.id); });
    return options;
  };
  const sendable = (credential) => {
    const said = credential.response, facts = { clientDataJSON: toText(said.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) if (said[name]) facts[name] = toText(said[name]);
    if (said.getTransports) facts.transports = said.getTransports();
    return JSON.stringify({ id: credential.id, rawId: toText(credential.rawId), type: credential.type, response: facts, clientExtensionResults: {} });
  };

  const WORDS = {
    NotAllowedError: "没有完成，或者取消了。可以再试一次。",
    InvalidStateError: "这台设备上的通行密钥已经添加过。",
    SecurityError: "通行密钥要用域名、并且用https打开本站才能使用。",
  };
  const say = (form, words) => {
    const note = form.querySelector("[data-passkey-note]");
    note.hidden = !words;
    note.textContent = words;
  };

  const ask = async (form) => {
    const answer = await fetch(form.dataset.options, {
      method: "POST",
      headers: { "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value, Accept: "application/json" },
      redirect: "error",
    });
    if (!answer.ok) throw new Error((await answer.json().catch(() => null))?.detail || "页面放久了，请刷新以后再试。");
    const options = { publicKey: readable(await answer.json()) };
    return form.dataset.passkey === "create" ? navigator.credentials.create(options) : navigator.credentials.get(options);
  };

  // An answer is good for one question: back on this page, the device is asked anew.
  addEventListener("pageshow", () => document.querySelectorAll("[data-passkey]").forEach((form) => { form.elements.credential.value = ""; }));

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-passkey]") || form.elements.credential.value) return;
    event.preventDefault();
    say(form, "");
    if (!globalThis.PublicKeyCredential) { say(form, "这个浏览器不支持通行密钥，请用其他方式。"); form.removeAttribute("data-busy"); return; }
    ask(form)
      .then((credential) => { form.elements.credential.value = sendable(credential); form.submit(); })
      .catch((error) => { say(form, WORDS[error.name] || error.message || "没有完成，请再试一次。"); form.removeAttribute("data-busy"); form.removeAttribute("aria-busy"); });
  });
})();
