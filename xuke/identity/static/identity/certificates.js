// Certificates: asks the signing agent on this machine for a certificate and a signature, puts both into the form, and sends it
// as usual. The PIN goes to the agent and nowhere else: its field has no name.
"use strict";
(() => {
  const GONE = "没有找到签名助手。请启动签名助手、插入证书，再试一次；用别的网址打开本站时，签名助手也不会应答。";
  const one = (form, name) => form.querySelector(`[data-certificate-${name}]`);
  const say = (form, words) => { const note = one(form, "note"); note.hidden = !words; note.textContent = words; };
  const rest = (form) => { form.removeAttribute("data-busy"); form.removeAttribute("aria-busy"); };
  const known = new WeakMap();

  const agent = async (form, path, body) => {
    const options = { credentials: "omit", cache: "no-store", redirect: "error", referrerPolicy: "no-referrer" };
    if (body) Object.assign(options, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    let answer;
    try { answer = await fetch(form.dataset.certificate + path, options); } catch { throw new Error(GONE); }
    const said = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(said.message || GONE);
    return said;
  };

  const challenge = async (form) => {
    const answer = await fetch(form.dataset.challenge, {
      method: "POST",
      headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value, Accept: "application/json" },
      body: new URLSearchParams({ use: form.dataset.use }),
      redirect: "error",
    });
    const said = await answer.json().catch(() => null);
    if (!answer.ok || !said) throw new Error(said?.detail || "页面放久了，请刷新以后再试。");
    return said;
  };

  const row = (form, each, number) => {
    const label = Object.assign(document.createElement("label"), { className: "form-check" });
    const choice = Object.assign(document.createElement("input"), { className: "form-check-input", type: "radio", checked: number === 0 });
    choice.dataset.fingerprint = each.fingerprint;
    choice.setAttribute("form", ""); // Belongs to the list, not to what is sent.
    const words = Object.assign(document.createElement("span"), { className: "form-check-label" });
    const until = new Date(each.not_after);
    const more = [each.organisation !== each.common_name && each.organisation, each.family, `${until.getFullYear()}年${until.getMonth() + 1}月${until.getDate()}日到期`];
    words.append(Object.assign(document.createElement("b"), { textContent: each.common_name || each.organisation }), document.createElement("br"),
      Object.assign(document.createElement("span"), { className: "xk-hint", textContent: more.filter(Boolean).join("，") }));
    choice.name = `certificate-of-${form.dataset.use}`;
    label.append(choice, words);
    return label;
  };

  const find = async (form) => {
    say(form, "");
    const { certificates } = await agent(form, "/v1/certificates");
    if (!certificates?.length) throw new Error("签名助手里没有证书。请插入证书，再试一次。");
    known.set(form, certificates);
    one(form, "list").replaceChildren(...certificates.map((each, number) => row(form, each, number)));
    one(form, "found").hidden = false;
    one(form, "find").hidden = true;
    one(form, "pin").focus();
  };

  const sign = async (form) => {
    const chosen = form.querySelector("[data-fingerprint]:checked")?.dataset.fingerprint;
    const certificate = known.get(form)?.find((each) => each.fingerprint === chosen);
    if (!certificate) throw new Error("请选择一张证书。");
    const pin = one(form, "pin").value;
    if (!pin) { one(form, "pin").focus(); throw new Error("请输入证书密码。"); }
    const asked = await challenge(form);
    one(form, "pin").value = "";
    const signed = await agent(form, "/v1/sign", { certificate: chosen, purpose: form.dataset.purpose || "login", text: asked.message, pin });
    form.elements.certificate.value = [certificate.pem, ...(certificate.chain || [])].join("\n");
    form.elements.signature.value = signed.signature;
    form.elements.algorithm.value = signed.algorithm;
    form.elements.challenge.value = asked.challenge;
    form.submit();
  };

  const fail = (form) => (error) => { say(form, error.message); rest(form); };

  // A signature is good for one question: back on this page, the agent is asked anew.
  addEventListener("pageshow", () => document.querySelectorAll("form[data-certificate]").forEach((form) => {
    for (const name of ["certificate", "signature", "algorithm", "challenge"]) form.elements[name].value = "";
    one(form, "found").hidden = true;
    one(form, "find").hidden = false;
  }));

  document.addEventListener("click", (event) => {
    const form = event.target.closest("[data-certificate-find]")?.form;
    if (form) find(form).catch(fail(form));
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-certificate]")) return;
    event.preventDefault();
    say(form, "");
    sign(form).catch(fail(form));
  });
})();
